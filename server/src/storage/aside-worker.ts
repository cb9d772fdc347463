import { parentPort, workerData } from 'node:worker_threads'
import type { Statement } from './line.ts'
import { connectSqlite, SqliteLine } from './sqlite-line.ts'

/** One statement for the worker, and what became of it. */
export interface AsideRequest {
  id: number
  statement: Statement
}
export interface AsideAnswer {
  id: number
  rows: unknown[]
  error?: unknown
}

// The thread that runs the long reads of a SQLite store: a read-only connection of its own, one statement at a time.
if (parentPort) {
  const port = parentPort
  const line = new SqliteLine(connectSqlite(String(workerData), true))
  port.on('message', ({ id, statement }: AsideRequest) => port.postMessage(answerTo(id, statement)))

  function answerTo(id: number, statement: Statement): AsideAnswer {
    try {
      return { id, rows: line.run(statement).rows }
    } catch (error) {
      return { id, rows: [], error }
    }
  }
}
