import { sql } from 'kysely'
import { aside } from './aside.ts'
import type { Db } from './database.ts'
import { lineOf, type Statement } from './line.ts'
import { write } from './write.ts'

/** A statement and how the engine means to run it. */
export interface Plan {
  statement: string
  plan: string
}

/** Every statement that was run while `work` did, those that ran aside too, with the engine's plan for it. */
export async function plansOf(db: Db, work: () => Promise<unknown>): Promise<Plan[]> {
  const lines = [...new Set([lineOf(db), lineOf(aside(db))])]
  const statements: Statement[] = []
  const undo = lines.map((line) => {
    const { run } = line
    Object.assign(line, {
      run(statement: Statement) {
        statements.push(statement)
        return run.call(line, statement)
      },
    })
    return () => Object.assign(line, { run })
  })
  try {
    await work()
  } finally {
    for (const each of undo) each()
  }
  // PostgreSQL reads small tables whole, index or not: what it does here without need is asked, not what it would cost.
  return write(db, async (trx) => {
    const postgres = lineOf(trx).dialect === 'postgres'
    if (postgres) await sql`set local enable_seqscan = off`.execute(trx)
    const plans: Plan[] = []
    for (const { sql: text, parameters } of statements) {
      const explain = `${postgres ? 'explain' : 'explain query plan'} ${text}`
      const { rows } = await lineOf(trx).run<Record<string, unknown>>({ sql: explain, parameters })
      plans.push({ statement: text, plan: rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])).join('\n') })
    }
    return plans
  })
}

/** For PostgreSQL, which keeps statistics by itself, but late; the embedded store has none, so its plans must be good without. */
export async function analyze(db: Db): Promise<void> {
  await write(db, async (trx) => {
    if (lineOf(trx).dialect === 'postgres') await sql`analyze`.execute(trx)
  })
}
