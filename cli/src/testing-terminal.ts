import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable, Writable } from 'node:stream'
import { runCommand } from './run-command.ts'

/** What a command finds in `process` where it has one of its own. */
interface Terminal {
  readonly env: NodeJS.ProcessEnv
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  exitCode: number
}

const terminals = new AsyncLocalStorage<Terminal>()
let isShared = false

/**
 * Runs a command to its end in this process, as if it had one of its own: with these settings and no others, this standard
 * input, and its own output and exit code. Several may run at once.
 */
export async function runHere(args: readonly string[], env: NodeJS.ProcessEnv, input: string) {
  if (!isShared) shareProcess()
  isShared = true
  const [out, err] = [kept(), kept()]
  const stdin = Readable.from(input === '' ? [] : [input])
  const terminal: Terminal = { env, stdin, stdout: out.stream, stderr: err.stream, exitCode: 0 }
  await terminals.run(terminal, () => runCommand([process.execPath, 'claviger', ...args]))
  return { code: terminal.exitCode, out: out.text(), err: err.text() }
}

/** From now on, what runs as a command finds its own terminal where others find the process's. */
function shareProcess() {
  globalThis.process = new Proxy(process, {
    get: (target, key) => Reflect.get(ownOr(target, key), key),
    set: (target, key, value) => Reflect.set(ownOr(target, key), key, value),
  })
}

function ownOr(target: NodeJS.Process, key: PropertyKey) {
  const terminal = terminals.getStore()
  return terminal !== undefined && Object.hasOwn(terminal, key) ? terminal : target
}

function kept() {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _, done) {
      text += String(chunk)
      done()
    },
  })
  return { stream, text: () => text }
}
