import type { LogState } from '@claviger/contract/log/state.ts'
import { extendLog, verifyLog } from '@claviger/contract/log/verify.ts'
import type { Db } from '../storage/database.ts'
import { readAllEntries } from './read.ts'

/** What was verified once is not verified again: the log only grows. A memory of this process; the store decides. */
const verified = new WeakMap<Db, Map<string, LogState>>()

/** What an enterprise's log says now; null before its set-up. @throws ContractError where the store's log does not verify */
export async function currentLog(db: Db, enterpriseId: string): Promise<LogState | null> {
  const states = verified.get(db) ?? new Map<string, LogState>()
  verified.set(db, states)
  const known = states.get(enterpriseId)
  const entries = await readAllEntries(db, enterpriseId, known?.length ?? 0)
  if (known === undefined && entries.length === 0) return null
  const state = known === undefined ? await verifyLog(entries) : entries.length === 0 ? known : await extendLog(known, entries)
  // Of two that verified at once, the longer stays.
  if ((states.get(enterpriseId)?.length ?? 0) < state.length) states.set(enterpriseId, state)
  return state
}
