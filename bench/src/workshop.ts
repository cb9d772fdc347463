import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from './child.ts'

/** Where a run keeps its files and processes; nothing of either outlives it. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'claviger-bench-'))
  /** For where the process ends without closing; the processes that it started end with it. */
  readonly #removeFolder = () => rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  readonly #undo: (() => unknown)[] = []
  #folders = 0
  #closing: Promise<void> | undefined

  constructor() {
    process.once('exit', this.#removeFolder)
  }

  newFolder(): string {
    const folder = join(this.folder, String(this.#folders++))
    mkdirSync(folder)
    return folder
  }

  /** Remembers what is to be done at the end, before what was remembered earlier. */
  onClose(step: () => unknown) {
    this.#undo.push(step)
  }

  start(script: string, argument: unknown, flags?: readonly string[]): Child {
    const child = new Child(script, argument, flags)
    this.onClose(() => child.stop())
    return child
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close() {
    for (const step of this.#undo.splice(0).reverse()) await step()
    this.#removeFolder()
    process.off('exit', this.#removeFolder)
  }
}

/** Makes something once for each `of`, however many ask for it: what two topics want is made by the first. */
export function oncePer<Of extends object, T>(make: (of: Of) => Promise<T>): (of: Of) => Promise<T> {
  const made = new WeakMap<Of, Promise<T>>()
  return (of) => {
    const promise = made.get(of) ?? make(of)
    made.set(of, promise)
    return promise
  }
}

/** Says what goes on, beside the table: stdout is for the table alone. */
export function say(words: string): void {
  process.stderr.write(`${words}\n`)
}
