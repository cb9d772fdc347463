import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from '../config.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const NODE = 24
const GIGABYTE = 1024 ** 3

export function checkNode(running: string): Finding {
  const major = Number(running.split('.')[0])
  if (major >= NODE) return ok('Node', `Node ${running}`)
  return fail('Node', `Node ${running} is too old: Claviger needs ${NODE}`, 'run it with `npx claviger`, or install Node 24')
}

/** Variables that look like settings and are none. */
export function checkSettings(unknown: readonly string[]): Finding {
  if (unknown.length === 0) return ok('settings', 'every CLAVIGER_ variable is a setting')
  return warn(
    'settings',
    `no setting has the name ${unknown.join(', ')}`,
    'correct the name, or remove the variable: as it is, it does nothing',
  )
}

/** The folder of the embedded store: there, writable, for its owner only, and with room. */
export function checkFolder({ storeLocation }: Config): Finding[] {
  const folder = dirname(storeLocation)
  if (!existsSync(folder))
    return [fail('folder', `there is no folder ${folder}`, 'start the server once, or say where the store is with --data (CLAVIGER_DATA)')]
  try {
    accessSync(folder, constants.R_OK | constants.W_OK)
  } catch {
    return [fail('folder', `this user may not write to ${folder}`, 'run it as the user who owns the folder, or give it to this one')]
  }
  return [checkPrivacy(folder), checkSpace(folder)]
}

function checkPrivacy(folder: string): Finding {
  const others = statSync(folder).mode & 0o077
  if (process.platform === 'win32' || others === 0) return ok('folder', `${folder} is for its owner only`)
  return warn(
    'folder',
    `others on this machine can look into ${folder}, which holds the secrets of the installation`,
    `chmod 700 ${folder}`,
  )
}

function checkSpace(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const words = `${(free / GIGABYTE).toFixed(1)} GB are free at ${folder}`
  if (free > 5 * GIGABYTE) return ok('disk', words)
  const advice = 'make room: without it nothing more can be written'
  return free > GIGABYTE ? warn('disk', words, advice) : fail('disk', words, advice)
}
