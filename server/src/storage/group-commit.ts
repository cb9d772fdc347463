import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { AppError } from '../errors.ts'
import type { Trx } from './database.ts'

interface Waiting {
  work: (trx: Trx) => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (reason: unknown) => void
}

/**
 * Group commit: the writes that wait share one commit, hence one fsync. Each has its own savepoint, and is answered
 * only after the commit. `work` may await nothing but its own statements: on this store they are done within the turn.
 */
export class GroupCommit {
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #savepoint: StatementSync
  readonly #release: StatementSync
  readonly #undo: StatementSync
  readonly #trx: Trx
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  constructor(writer: DatabaseSync, trx: Trx) {
    this.#begin = writer.prepare('begin immediate')
    this.#commit = writer.prepare('commit')
    this.#rollback = writer.prepare('rollback')
    this.#savepoint = writer.prepare('savepoint request')
    this.#release = writer.prepare('release request')
    this.#undo = writer.prepare('rollback to request')
    this.#trx = trx
  }

  write<T>(work: (trx: Trx) => Promise<T>): Promise<T> {
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.push({ work, resolve, reject }))
    this.#schedule()
    return answer as Promise<T>
  }

  async idle() {
    while (this.#running) await this.#running
  }

  #schedule() {
    if (this.#running || this.#waiting.length === 0) return
    this.#running = new Promise((done) => {
      setImmediate(async () => {
        await this.#commitTogether(this.#waiting.splice(0))
        this.#running = undefined
        this.#schedule()
        done()
      })
    })
  }

  async #commitTogether(batch: Waiting[]) {
    const answers: (() => void)[] = []
    try {
      this.#begin.run()
    } catch (error) {
      for (const { reject } of batch) reject(busy(error))
      return
    }
    try {
      for (const waiting of batch) answers.push(await this.#inSavepoint(waiting))
      this.#commit.run()
    } catch (error) {
      this.#giveUp()
      for (const { reject } of batch) reject(busy(error))
      return
    }
    for (const answer of answers) answer()
  }

  async #inSavepoint({ work, resolve, reject }: Waiting): Promise<() => void> {
    this.#savepoint.run()
    try {
      const value = await work(this.#trx)
      this.#release.run()
      return () => resolve(value)
    } catch (error) {
      this.#undo.run()
      this.#release.run()
      return () => reject(error)
    }
  }

  #giveUp() {
    try {
      this.#rollback.run()
    } catch {
      // A full disk or an I/O error has ended the transaction already.
    }
  }
}

const SQLITE_BUSY = 5
function busy(error: unknown) {
  const locked = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
  return locked ? new AppError('unavailable', 'another process is writing to the store; try again', { cause: error, retryAfter: 1 }) : error
}
