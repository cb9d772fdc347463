import { Worker } from 'node:worker_threads'
import type { AsideAnswer, AsideRequest } from './aside-worker.ts'
import type { Db } from './database.ts'
import type { Answer, Line, Statement } from './line.ts'
import { storeOf } from './store.ts'

/**
 * The same store, for reads that may take long: a filter without an index, a sort, a deep OFFSET. On SQLite they run in
 * a thread of their own, so that nobody else's request waits for them; on PostgreSQL it is the database itself.
 */
export function aside(db: Db): Db {
  return storeOf(db).aside
}

interface Waiting {
  resolve: (answer: Answer<never>) => void
  reject: (reason: unknown) => void
}

/** A line into the worker thread, which is started at the first read and started again if it ever dies. */
export class AsideLine implements Line {
  readonly dialect = 'sqlite'
  readonly #path: string
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #sent = 0
  constructor(path: string) {
    this.#path = path
  }

  run<Row>(statement: Statement): Promise<Answer<Row>> {
    this.#worker ??= this.#start()
    const worker = this.#worker
    const request: AsideRequest = { id: this.#sent++, statement: { sql: statement.sql, parameters: statement.parameters } }
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject })
      worker.postMessage(request)
    })
  }

  async close() {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./aside-worker.ts', import.meta.url), {
      workerData: this.#path,
      // It holds one answer at a time; without this bound V8 keeps as much in hand for it as for the whole server.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    worker.unref()
    worker.on('message', ({ id, rows, error }: AsideAnswer) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error !== undefined) waiting?.reject(error)
      else waiting?.resolve({ rows: rows as never[], changes: rows.length })
    })
    const fail = (reason: unknown) => {
      this.#worker = undefined
      for (const { reject } of this.#waiting.values()) reject(reason)
      this.#waiting.clear()
    }
    worker.on('error', fail)
    worker.on('exit', () => fail(new Error('the thread of long reads has ended')))
    return worker
  }
}
