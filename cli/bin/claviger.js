#!/usr/bin/env -S node --max-semi-space-size=4
// Plain JavaScript that old versions of Node can read: Claviger itself is TypeScript that Node 24 runs from source.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import * as module from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LEAST = 24
/** MiB. As in the first line, which holds where this file is run by its name: V8's own choice keeps 65 MB more in hand and is no faster here. */
const SEMI_SPACE = '--max-semi-space-size=4'
const running = Number(process.versions.node.split('.')[0])

if (running >= LEAST) {
  // Compiling 400 files is a third of what a command takes. The cache is in the user's own folder: in a shared one, others
  // could put code into it, and in the project's it would be written while someone cleans that up.
  module.enableCompileCache(join(homedir(), '.cache', 'claviger'))
  await import('../src/main.ts')
} else {
  const node = installedNode()
  if (node === undefined) {
    console.error(`error: Claviger needs Node ${LEAST} or newer, and this is ${process.versions.node}.`)
    console.error('Run `npm ci` in the folder of Claviger, which installs the right one beside it, or install Node 24 from nodejs.org.')
    process.exitCode = 1
  } else handOver(node)
}

/** The Node that `npm ci` put beside Claviger; undefined where it is not there, or is the one that runs already. */
function installedNode() {
  const windows = process.platform === 'win32'
  const platform = windows ? 'win' : process.platform
  const packed = join('node_modules', `node-${platform}-${process.arch}`, 'bin', windows ? 'node.exe' : 'node')
  const places = windows ? [packed] : [packed, join('node_modules', '.bin', 'node')]
  const self = realpathSync(process.execPath)
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    for (const place of places) {
      const path = join(folder, place)
      if (existsSync(path) && realpathSync(path) !== self) return path
    }
    if (dirname(folder) === folder) return undefined
  }
}

/** Runs this file again with that Node, which gets every signal and gives the exit code. */
function handOver(node) {
  const child = spawn(node, [SEMI_SPACE, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  const passOn = (signal) => {
    // A terminal sends Ctrl-C to both: passed on, it would arrive twice, and the second time means "at once".
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, passOn)
  child.on('error', (error) => {
    console.error(`error: cannot start ${node}: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    for (const name of signals) process.off(name, passOn)
    if (signal === null) process.exitCode = code
    else process.kill(process.pid, signal)
  })
}
