import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { AppError } from '../errors.ts'
import type { Trx } from './database.ts'
import { kyselyOver, transactionOver } from './kysely-over.ts'
import type { Answer, Line, Statement } from './line.ts'
import type { Store } from './store.ts'

const ATTEMPTS = 5
/** Milliseconds before an attempt. */
const LONGEST_PAUSE = 25
/** serialization_failure and deadlock_detected: nothing was applied, the same work may be tried again. */
const TRY_AGAIN = new Set(['40001', '40P01'])
const INT8 = 20
const JSON_TYPES = [114, 3802]
const CONNECTIONS = 20

/** PostgreSQL. Statements of one transaction are pipelined: what is sent without waiting takes one round trip together. */
export function openPostgres(url: string): Store {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, pipeline: true, types: { getTypeParser } } as pg.PoolConfig)
  // A connection that breaks while idle is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => {})
  // Outside write(), a connection cannot write: the same promise as SQLite's read-only connection.
  pool.on('connect', (client) => void client.query('set default_transaction_read_only = on').catch(() => {}))
  const db = kyselyOver({ dialect: 'postgres', run: (statement) => answer(connected(pool.query(toQuery(statement)))) })
  const transactions = new WeakMap<pg.PoolClient, Promise<Trx>>()
  const transactionOn = (client: pg.PoolClient) => {
    const known = transactions.get(client)
    if (known) return known
    const made = transactionOver(clientLine(client))
    transactions.set(client, made)
    return made
  }
  return {
    db,
    aside: db,
    async write(work) {
      for (let attempt = 1; ; attempt++) {
        const client = await connected(pool.connect())
        try {
          return await inTransaction(client, await transactionOn(client), work)
        } catch (error) {
          if (!isToBeTriedAgain(error)) throw error
          if (attempt >= ATTEMPTS)
            throw new AppError('unavailable', 'too many changes of the same things at once; try again', { cause: error, retryAfter: 1 })
          // Those that stood in each other's way would meet again if they came back together.
          await sleep(Math.random() * LONGEST_PAUSE)
        }
      }
    },
    close: () => pool.end(),
  }
}

async function inTransaction<T>(client: pg.PoolClient, trx: Trx, work: (trx: Trx) => Promise<T>): Promise<T> {
  let broken = false
  try {
    const begun = client.query('begin read write')
    begun.catch(() => {}) // the work's first statement fails with it and is the one that is awaited
    const value = await work(trx)
    await begun
    const { command } = await client.query('commit')
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements had failed')
    return value
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** One connection as a line; for migrations and for what must hold one snapshot. */
export function clientLine(client: pg.ClientBase): Line {
  return { dialect: 'postgres', run: (statement) => answer(client.query(toQuery(statement))) }
}

function toQuery({ sql, parameters, name }: Statement): pg.QueryConfig {
  return { text: sql, values: parameters as unknown[], ...(name !== undefined && { name }) }
}

async function answer<Row>(result: Promise<pg.QueryResult>): Promise<Answer<Row>> {
  const { rows, rowCount } = await result
  return { rows, changes: rowCount ?? 0 }
}

async function connected<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === '57P03') {
      throw new AppError('unavailable', 'the database does not answer; try again', { cause: error, retryAfter: 5 })
    }
    throw error
  }
}

/** Counts come as numbers (they stay far below 2^53), and JSON as its text, as on SQLite. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (oid === INT8) return Number
  if (JSON_TYPES.includes(oid)) return String
  return pg.types.getTypeParser(oid, format as 'text')
}

function isToBeTriedAgain(error: unknown) {
  return error instanceof Error && 'code' in error && TRY_AGAIN.has(String(error.code))
}
