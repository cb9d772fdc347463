import type { LogEntry } from '@claviger/contract/log/entry.ts'
import { SignedStatement } from '@claviger/contract/signed-statement.ts'
import type { Db } from '../storage/database.ts'

/** Entries in one answer. */
const PAGE = 1000

/** The entries of an enterprise's log from place `from` on, at most 1,000, and how many there are in all. */
export async function readEntries(db: Db, enterpriseId: string, from: number): Promise<{ entries: LogEntry[]; length: number }> {
  const rows = await db
    .selectFrom('enterprise_log')
    .select(['statement', 'signature'])
    .where('enterprise_id', '=', enterpriseId)
    .where('sequence', '>=', from)
    .orderBy('sequence')
    .limit(PAGE)
    .execute()
  const last = await db
    .selectFrom('enterprise_log')
    .select('sequence')
    .where('enterprise_id', '=', enterpriseId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return { entries: rows.map((row) => SignedStatement.parse(row)), length: last === undefined ? 0 : last.sequence + 1 }
}

/** Every entry from place `from` on. */
export async function readAllEntries(db: Db, enterpriseId: string, from: number): Promise<LogEntry[]> {
  const all: LogEntry[] = []
  for (;;) {
    const { entries } = await readEntries(db, enterpriseId, from + all.length)
    all.push(...entries)
    if (entries.length < PAGE) return all
  }
}
