import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type Dialect as KyselyDialect,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Database, Db, Trx } from './database.ts'
import { bindLine, type Line } from './line.ts'

/** Kysely's query builder over one line. It opens no transaction of its own: write.ts does. */
export function kyselyOver(line: Line): Db {
  const db = new Kysely<Database>({ dialect: dialectOver(line, false) })
  bindLine(db, line)
  return db
}

/** The transaction handle of one connection, made once and used for every transaction that `write` runs on it. */
export async function transactionOver(line: Line): Promise<Trx> {
  const trx = await new Kysely<Database>({ dialect: dialectOver(line, false) }).startTransaction().execute()
  bindLine(trx, line)
  return trx
}

/** For migrations: here Kysely itself sends begin and commit, over a line that must be one connection. */
export function kyselyWithTransactionsOver(line: Line): Db {
  return new Kysely<Database>({ dialect: dialectOver(line, true) })
}

function dialectOver(line: Line, transactions: boolean): KyselyDialect {
  const createDriver = () => new LineDriver(line, transactions)
  return line.dialect === 'sqlite'
    ? {
        createDriver,
        createAdapter: () => new TransactionalSqliteAdapter(),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      }
    : {
        createDriver,
        createAdapter: () => new PostgresAdapter(),
        createIntrospector: (db) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      }
}

/** SQLite's DDL is transactional, which Kysely's adapter does not use: a migration must apply whole or not at all. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl() {
    return true
  }
}

class LineDriver implements Driver {
  readonly #connection: DatabaseConnection
  readonly #transactions: boolean
  readonly #begin: string
  constructor(line: Line, transactions: boolean) {
    this.#connection = new LineConnection(line)
    this.#begin = line.dialect === 'sqlite' ? 'begin immediate' : 'begin'
    this.#transactions = transactions
  }
  async init() {}
  async acquireConnection() {
    return this.#connection
  }
  async beginTransaction() {
    await this.#control(this.#begin)
  }
  async commitTransaction() {
    await this.#control('commit')
  }
  async rollbackTransaction() {
    await this.#control('rollback')
  }
  async #control(sql: string) {
    if (this.#transactions) await this.#connection.executeQuery(CompiledQuery.raw(sql))
  }
  async releaseConnection() {}
  async destroy() {}
}

class LineConnection implements DatabaseConnection {
  readonly #line: Line
  constructor(line: Line) {
    this.#line = line
  }
  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = await this.#line.run<R>({ sql, parameters })
    return { rows, numAffectedRows: BigInt(changes) }
  }
  // biome-ignore lint/correctness/useYield: long lists are read in keyset pages, which hold no cursor open between requests
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('read in keyset pages instead of streaming')
  }
}
