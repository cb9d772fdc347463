import { sql } from 'kysely'
import type { Db, Millis, Trx } from './database.ts'
import { idsOf } from './json.ts'
import { lineOf } from './line.ts'
import { prepare } from './prepared.ts'

/** What a change is about: a word of the vocabulary. */
export type ChangeKind =
  | 'enterprise'
  | 'node'
  | 'method'
  | 'user'
  | 'team'
  | 'invitation'
  /** The enterprise log grew; the subject is the enterprise. */
  | 'log'
  /** Sessions, devices, ways in or notices of a user; the subject is the user. */
  | 'account'
  | 'folder'
  | 'automator'

export interface Change {
  enterpriseId: string
  kind: ChangeKind
  subjectId: string
  at: Millis
}

/** Where a reader of the feed stands. Opaque: keep it, give it back. */
export type FeedPosition = string & { readonly __brand: 'feed position' }
export const startOfFeed = '0.0' as FeedPosition

const insertChange = prepare<Change>()((db, p) =>
  db.insertInto('changes').values({ enterprise_id: p.enterpriseId, kind: p.kind, subject_id: p.subjectId, at: p.at }),
)

/** Tells the feed that a screen may want to look again at this user, team, … */
export async function announce(trx: Trx, change: Change): Promise<void> {
  await insertChange(trx, change)
}

const insertForPeople = prepare<{ userIds: string; at: Millis }>()((db, p, dialect) =>
  db
    .insertInto('changes')
    .columns(['enterprise_id', 'kind', 'subject_id', 'at'])
    .expression((eb) =>
      eb
        .selectFrom(idsOf(dialect, p.userIds))
        .crossJoin('users')
        .whereRef('users.id', '=', 'ids.value')
        .select(['users.enterprise_id', sql.lit('account').as('kind'), 'users.id', sql<number>`cast(${p.at} as bigint)`.as('at')]),
    ),
)

/** Tells these users’ own screens to look again: who was taken off a team or folder hears of it no other way. */
export async function announceToPeople(trx: Trx, userIds: readonly string[], at: Millis): Promise<void> {
  if (userIds.length > 0) await insertForPeople(trx, { userIds: JSON.stringify(userIds), at })
}

/**
 * Older than every transaction that runs. The transactions of all databases of a PostgreSQL server are numbered together;
 * those that are known to run in another database write no changes here and are passed over. What is not known to (a prepared
 * transaction, a replica's) counts. The snapshot is older than the look at who runs, so a number of it is not another's by then.
 */
const isSettled = sql<boolean>`transaction_id < coalesce(
  (select running from pg_snapshot_xip(pg_current_snapshot()) as running
    where not exists (select from pg_stat_activity as a where a.backend_xid = running::xid
      and a.datid <> (select oid from pg_database where datname = current_database()))
    order by running limit 1),
  pg_snapshot_xmax(pg_current_snapshot()))`

/**
 * The changes of an enterprise after `position`, in an order in which no later answer holds an earlier change.
 * Sequence order is not commit order on PostgreSQL, so there the order is (transaction, sequence), and only what is
 * older than every running transaction of this database is read: a transaction that commits late is seen late, never skipped.
 */
export async function changesAfter(db: Db, enterpriseId: string, position: FeedPosition, limit = 500) {
  const [transaction = '0', sequence = '0'] = position.split('.')
  const postgres = lineOf(db).dialect === 'postgres'
  const rows = await db
    .selectFrom('changes')
    .select(['sequence', sql<string>`cast(transaction_id as text)`.as('transaction'), 'kind', 'subject_id', 'at'])
    .where('enterprise_id', '=', enterpriseId)
    .$if(!postgres, (query) => query.where('sequence', '>', Number(sequence)))
    .$if(postgres, (query) =>
      query
        .where(sql<boolean>`(transaction_id, sequence) > (${transaction}::xid8, ${sequence}::bigint)`)
        .where(isSettled)
        .orderBy('transaction_id'),
    )
    .orderBy('sequence')
    .limit(limit)
    .execute()
  const last = rows.at(-1)
  return {
    changes: rows.map((row) => ({ enterpriseId, kind: row.kind as ChangeKind, subjectId: row.subject_id, at: row.at })),
    position: last ? (`${last.transaction}.${last.sequence}` as FeedPosition) : position,
  }
}

/** Whether a position is later in the feed than another. */
export function isAfter(position: FeedPosition, other: FeedPosition): boolean {
  const [transaction, sequence] = numbersOf(position)
  const [otherTransaction, otherSequence] = numbersOf(other)
  return transaction === otherTransaction ? sequence > otherSequence : transaction > otherTransaction
}

function numbersOf(position: FeedPosition): [bigint, bigint] {
  const [transaction = '0', sequence = '0'] = position.split('.')
  return [BigInt(transaction), BigInt(sequence)]
}

/** The position of the last change of an enterprise that changesAfter would give now: where a new reader begins. */
export async function feedHead(db: Db, enterpriseId: string): Promise<FeedPosition> {
  const postgres = lineOf(db).dialect === 'postgres'
  const last = await db
    .selectFrom('changes')
    .select(['sequence', sql<string>`cast(transaction_id as text)`.as('transaction')])
    .where('enterprise_id', '=', enterpriseId)
    .$if(postgres, (query) => query.where(isSettled).orderBy('transaction_id', 'desc'))
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last ? (`${last.transaction}.${last.sequence}` as FeedPosition) : startOfFeed
}

/**
 * Whether the feed still has the change at this position, hence all that came after it. Not where it was removed as old, or
 * the store was restored from a backup of before.
 */
export async function isInFeed(db: Db, enterpriseId: string, position: FeedPosition): Promise<boolean> {
  const [transaction, sequence] = numbersOf(position)
  if (transaction > MOST_INT8 || sequence > MOST_INT8) return false
  const postgres = lineOf(db).dialect === 'postgres'
  const row = await db
    .selectFrom('changes')
    .select('sequence')
    .where('enterprise_id', '=', enterpriseId)
    .where('sequence', '=', sql<number>`cast(${String(sequence)} as bigint)`)
    .$if(postgres, (query) => query.where(sql<boolean>`transaction_id = ${String(transaction)}::xid8`))
    .executeTakeFirst()
  return row !== undefined
}

const MOST_INT8 = 2n ** 63n - 1n

/** Removes at most `limit` changes from before `before`, oldest first. @returns how many. Who reads so late loads everything anew. */
export async function expireChanges(trx: Trx, before: Millis, limit: number): Promise<number> {
  const postgres = lineOf(trx).dialect === 'postgres'
  const oldest = await trx
    .selectFrom('changes')
    .select(['sequence', 'transaction_id', 'at'])
    .$if(postgres, (query) => query.orderBy('transaction_id'))
    .orderBy('sequence')
    .limit(limit)
    .execute()
  const kept = oldest.findIndex(({ at }) => at >= before)
  const stale = kept === -1 ? oldest : oldest.slice(0, kept)
  const last = stale.at(-1)
  if (!last) return 0
  // A range of the key, so that the index leads to the rows.
  const upToLast = postgres
    ? sql<boolean>`(transaction_id, sequence) <= (${last.transaction_id}::xid8, ${last.sequence}::bigint)`
    : sql<boolean>`sequence <= ${last.sequence}`
  await trx.deleteFrom('changes').where(upToLast).execute()
  return stale.length
}
