import { setTimeout as sleep } from 'node:timers/promises'
import type { ProvenNodeId } from '@claviger/server/nodes/scope.ts'
import { type LogEntry, readLog } from '@claviger/server/provisioning/log.ts'
import type { Db, Millis } from '@claviger/server/storage/database.ts'
import { smallestIdAt } from '@claviger/server/storage/time-of-id.ts'
import { pagesOf } from './pages.ts'

const LOOK_EVERY: Millis = 500
/**
 * A transaction makes the id of its entry, then commits: on PostgreSQL, and with several servers, a later one can
 * overtake it by about so much. Each look goes back that far and passes over what was dealt with.
 */
const OVERTAKEN: Millis = 3_000

/** The last `before` entries of a node's provisioning log, then those that come, each once, until `stop`. */
export async function* followLog(db: Db, nodeId: ProvenNodeId, before: number, stop: AbortSignal): AsyncGenerator<LogEntry[]> {
  const [newest] = await readLog(db, nodeId, { newest: true, limit: 1 })
  let from = newest === undefined ? '' : lookBackFrom(newest)
  let dealtWith = new Set<string>()
  for await (const page of entriesAfter(db, nodeId, from)) for (const { id } of page) dealtWith.add(id)
  const last = await readLog(db, nodeId, { newest: true, limit: before })
  for (const { id } of last) dealtWith.add(id)
  if (last.length > 0) yield last

  while (await passed(LOOK_EVERY, stop)) {
    let latest: LogEntry | undefined
    for await (const page of entriesAfter(db, nodeId, from)) {
      const fresh = page.filter(({ id }) => !dealtWith.has(id))
      for (const { id } of fresh) dealtWith.add(id)
      latest = page.at(-1)
      if (fresh.length > 0) yield fresh
    }
    if (latest === undefined) continue
    from = lookBackFrom(latest)
    dealtWith = new Set([...dealtWith].filter((id) => id > from))
  }
}

/** By the entry's own time: the clock of the server that wrote it may differ from ours. */
function lookBackFrom({ at }: LogEntry) {
  return smallestIdAt(at - OVERTAKEN)
}

function entriesAfter(db: Db, nodeId: ProvenNodeId, from: string) {
  return pagesOf(
    (after, limit) => readLog(db, nodeId, { after: after === '' ? from : after, limit }),
    ({ id }) => id,
  )
}

/** True once the time is over; false where `stop` came first. */
async function passed(millis: Millis, stop: AbortSignal): Promise<boolean> {
  await sleep(millis, undefined, { signal: stop }).catch(() => {})
  return !stop.aborted
}
