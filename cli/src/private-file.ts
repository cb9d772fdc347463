import { randomUUID } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@claviger/server/errors.ts'
import type { z } from 'zod'

/** A command that saves holds the lock for milliseconds; one that is older was left by a command that was killed. */
const STALE_LOCK_MILLIS = 10_000
const LOCK_WAIT_MILLIS = 20

/**
 * A file of JSON with private keys in it, that only its user may read.
 * @returns null where there is none
 * @throws AppError `forbidden` where others may read it, `invalid_value` where it is not of this shape
 */
export function readPrivateFile<T>(path: string, shape: z.ZodType<T>): T | null {
  if (!existsSync(path)) return null
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new AppError('forbidden', `Others can read ${path}, which holds private keys: chmod 600 ${path}`)
  }
  const read = shape.safeParse(parsed(path))
  if (read.success) return read.data
  throw new AppError('invalid_value', `${path} is damaged, or of another version: choose another folder, and remove this file.`)
}

/**
 * Puts `next` in place of the file, given what is there now, one command at a time. Whatever happens in between, the old
 * file or the new one is there, whole. Its folder is made where there is none.
 */
export async function replacePrivateFile<T>(path: string, shape: z.ZodType<T>, next: (before: T | null) => T): Promise<T> {
  return locked(path, async () => {
    const value = next(readPrivateFile(path, shape))
    await replaceFile(path, `${JSON.stringify(value, null, 2)}\n`)
    return value
  })
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.${process.pid}.new`
  // What a killed command left might be open to others, and keeps its mode when it is written again.
  await rm(next, { force: true })
  const handle = await open(next, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(next, path)
  if (process.platform !== 'win32') await syncFolder(dirname(path))
}

async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/**
 * Makes a folder that only its user may enter. One that is there is left as it is: it may hold other things, and the files
 * are private by themselves. @throws AppError `forbidden` where no file can be made in it
 */
export function makePrivateFolder(folder: string): void {
  try {
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new AppError('forbidden', `${folder} cannot hold private keys: nothing can be written there. Choose another folder.`, {
      cause: error,
    })
  }
}

async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  makePrivateFolder(dirname(path))
  const lock = lockOf(path)
  while (!(await taken(path))) await sleep(LOCK_WAIT_MILLIS)
  try {
    return await work()
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
}

/** A folder can be made once. */
async function taken(path: string): Promise<boolean> {
  const lock = lockOf(path)
  try {
    await mkdir(lock)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const held = await stat(lock).catch(() => null)
    if (held !== null && Date.now() - held.mtimeMs > STALE_LOCK_MILLIS) await removeStale(path, held.ino)
    return false
  }
}

/** Of several who see the same stale lock one moves it away; who by then moves the next holder's gives it back. */
async function removeStale(path: string, ino: number): Promise<void> {
  const lock = lockOf(path)
  const aside = `${lock}.${randomUUID()}`
  const moved = await rename(lock, aside).then(
    () => true,
    () => false,
  )
  if (!moved) return
  if ((await stat(aside)).ino !== ino) await rename(aside, lock).catch(() => {})
  else await removeUnfinished(path)
  await rm(aside, { recursive: true, force: true })
}

/** What whoever was killed had written holds private keys too. */
async function removeUnfinished(path: string): Promise<void> {
  const folder = dirname(path)
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.new'))
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })))
}

function lockOf(path: string): string {
  return `${path}.lock`
}
