import type { Db, Millis } from '../storage/database.ts'
import { countOperations, type Operations, type Span } from './figures.ts'

const DAY: Millis = 24 * 60 * 60 * 1000
/** A line is written at most so long after the time in its id. */
const SETTLED: Millis = 60 * 60 * 1000

/** What a day that is over had, by node and day. The log of such a day changes no more, but for being expired. */
const past = new WeakMap<Db, Map<string, Operations>>()

/**
 * Operations of the directories of these nodes on each of the last `days` days (UTC), today last. Days that are over are
 * counted once by each process and remembered, so that a screen that looks again costs the lines of today.
 */
export async function operationsByDay(
  db: Db,
  nodeIds: readonly string[],
  days: number,
  now: Millis,
): Promise<{ day: string; ok: number; failed: number }[]> {
  const known = past.get(db) ?? new Map<string, Operations>()
  past.set(db, known)
  const today = Math.floor(now / DAY) * DAY
  const first = today - (days - 1) * DAY
  for (const key of known.keys()) if (startOf(key) < first) known.delete(key)
  const wanted = Array.from({ length: days }, (_, index) => first + index * DAY)
  const spans = wanted.flatMap((from) => nodeIds.map((nodeId) => ({ nodeId, from, to: from + DAY })))
  const unknown = spans.filter((span) => !known.has(keyOf(span)))
  const counted = await countOperations(db, unknown)
  const fresh = new Map(unknown.map((span, index) => [keyOf(span), counted[index] ?? { operations: 0, failures: 0 }]))
  for (const span of unknown) {
    const count = fresh.get(keyOf(span))
    if (count !== undefined && span.to + SETTLED < now) known.set(keyOf(span), count)
  }
  return wanted.map((from) => {
    const ofDay = nodeIds.map((nodeId) => keyOf({ nodeId, from, to: from + DAY })).map((key) => known.get(key) ?? fresh.get(key))
    const operations = ofDay.reduce((sum, count) => sum + (count?.operations ?? 0), 0)
    const failed = ofDay.reduce((sum, count) => sum + (count?.failures ?? 0), 0)
    return { day: new Date(from).toISOString().slice(0, 10), ok: operations - failed, failed }
  })
}

function keyOf({ nodeId, from }: Span): string {
  return `${from}/${nodeId}`
}

function startOf(key: string): Millis {
  return Number(key.slice(0, key.indexOf('/')))
}
