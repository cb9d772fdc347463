import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** Processor time and memory of a process, as the system counts them. Zero where it keeps no /proc. */
export interface Usage {
  readonly cpuMicros: number
  readonly residentBytes: number
  /** The most it has ever held. */
  readonly peakBytes: number
}

/** The kernel's clock tick in /proc, in microseconds: USER_HZ is 100 wherever Node runs. */
const TICK_MICROS = 10_000
const KEPT_ERRORS = 4_000
const STOP_MILLIS = 10_000

/** A program of ours in a process of its own: lines of JSON in, lines out. It ends when its stdin does. */
export class Child {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: string[] = []
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = []
  readonly #ended: Promise<unknown>
  #errors = ''

  /** @param flags of Node itself */
  constructor(script: string, argument: unknown, flags: readonly string[] = []) {
    const path = fileURLToPath(new URL(script, import.meta.url))
    this.#process = spawn(process.execPath, [...flags, path, JSON.stringify(argument)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment(),
    })
    this.#ended = once(this.#process, 'close')
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const waiting = this.#waiting.shift()
      if (waiting) waiting.resolve(line)
      else this.#lines.push(line)
    })
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-KEPT_ERRORS)
    })
    this.#process.stdin.on('error', () => {})
    this.#process.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`${script} has ended: ${this.#errors}`))
    })
  }

  /** Its next line. @throws Error with the end of its stderr where it has ended */
  line(): Promise<string> {
    const line = this.#lines.shift()
    if (line !== undefined) return Promise.resolve(line)
    if (this.#process.exitCode !== null) return Promise.reject(new Error(`a process has ended: ${this.#errors}`))
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  ask(question: unknown): Promise<string> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`)
    return this.line()
  }

  usage(): Usage {
    const { pid } = this.#process
    if (process.platform !== 'linux' || pid === undefined) return { cpuMicros: 0, residentBytes: 0, peakBytes: 0 }
    // The name of the program, in brackets, may hold spaces: the numbers are counted from behind it (proc(5)).
    const numbers = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0) * 1024
    return {
      cpuMicros: (Number(numbers[11]) + Number(numbers[12])) * TICK_MICROS,
      residentBytes: kibibytes('VmRSS'),
      peakBytes: kibibytes('VmHWM'),
    }
  }

  /** Ends it: asks first, and insists where it takes too long. */
  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGTERM')
      const insist = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MILLIS)
      await this.#ended
      clearTimeout(insist)
    }
  }
}

/** The settings are the defaults, whatever they are where the benchmark is started. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CLAVIGER_')))
}
