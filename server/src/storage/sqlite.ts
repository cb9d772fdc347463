import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { AppError } from '../errors.ts'
import type { Trx } from './database.ts'
import { kyselyOver, transactionOver } from './kysely-over.ts'
import type { Answer, Line, Statement } from './line.ts'
import type { Store } from './store.ts'

/** Texts of statements kept prepared on each connection; past it the oldest goes. */
const KEPT_STATEMENTS = 400
/** Pages of cache for each connection, in KiB. */
const CACHE_KIB = 32_768
/** How long a connection waits for another process (the command line beside the server) to finish its commit. */
const BUSY_MILLIS = 5_000

/** One connection to the file. FULL: a commit that was answered survives a power cut, not only a crash of this process. */
export function connectSqlite(path: string, readOnly: boolean): DatabaseSync {
  const file = new DatabaseSync(path, { readOnly, timeout: BUSY_MILLIS })
  if (!readOnly) file.exec('PRAGMA journal_mode = WAL')
  file.exec(`PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -${CACHE_KIB}; PRAGMA temp_store = MEMORY`)
  if (!readOnly) file.exec('PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864')
  return file
}

/** The embedded store: one connection that writes, one that cannot, so a read sees nothing that is not yet durable. */
export async function openSqlite(path: string): Promise<Store> {
  const writer = connectSqlite(path, false)
  const reader = connectSqlite(path, true)
  const db = kyselyOver(new SqliteLine(reader))
  const trx = await transactionOver(new SqliteLine(writer))
  const commits = new GroupCommit(writer, trx)
  return {
    db,
    write: (work) => commits.write(work),
    async close() {
      await commits.idle()
      reader.close()
      writer.close()
    },
  }
}

/** Statements over one connection, each kept prepared under its text. */
export class SqliteLine implements Line {
  readonly dialect = 'sqlite'
  readonly #file: DatabaseSync
  readonly #kept = new Map<string, { statement: StatementSync; returnsRows: boolean }>()
  constructor(file: DatabaseSync) {
    this.#file = file
  }
  run<Row>({ sql, parameters }: Statement): Answer<Row> {
    const { statement, returnsRows } = this.#kept.get(sql) ?? this.#prepare(sql)
    const values = parameters as SQLInputValue[]
    if (returnsRows) {
      const rows = statement.all(...values) as Row[]
      return { rows, changes: rows.length }
    }
    return { rows: [], changes: Number(statement.run(...values).changes) }
  }
  #prepare(sql: string) {
    const statement = this.#file.prepare(sql)
    const entry = { statement, returnsRows: statement.columns().length > 0 }
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= KEPT_STATEMENTS && oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(sql, entry)
    return entry
  }
}

interface Waiting {
  work: (trx: Trx) => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (reason: unknown) => void
}

/**
 * Group commit: the writes that wait share one commit, hence one fsync. Each has its own savepoint, and is answered
 * only after the commit. `work` may await nothing but its own statements: on this store they are done within the turn.
 */
class GroupCommit {
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
