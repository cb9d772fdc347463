import { readLog } from '@claviger/contract/api/log.ts'
import type { LogEntry } from '@claviger/contract/log/entry.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { extendLog } from '@claviger/contract/log/verify.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { type Connection, call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { pinOf } from './log-pin.ts'

/**
 * Reads what is new of the enterprise log and verifies that it continues what the account knows. Its state and the pin on
 * the device follow.
 * @throws ClientError `log_shortened`; ContractError `broken_chain` for a fork, and as `verifyLog`
 */
export async function refreshLog(account: OpenAccount): Promise<LogState> {
  const before = account.state
  const state = await readOn(account.connection, before)
  // Two that read at once: the longer stays.
  if (state.length > account.state.length) await adoptLog(account, state)
  return account.state
}

/** The log as it is now, after a state that was verified. Keeps nothing. @throws as `refreshLog` */
export async function readOn(connection: Connection, state: LogState): Promise<LogState> {
  const entries = await entriesFrom(connection, state.length)
  return entries.length === 0 ? state : extendLog(state, entries)
}

/**
 * The entries of the log from place `from` on.
 * @throws ClientError `log_shortened` where the server says that the log ends before, `unexpected_answer` where it stops short
 */
export async function entriesFrom(connection: Connection, from: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = []
  for (;;) {
    const page = await call(connection, readLog, { from: from + entries.length })
    if (page.length < from) throw new ClientError('log_shortened', `The log has ${page.length} entries, after ${from} were seen.`)
    entries.push(...page.entries)
    if (from + entries.length >= page.length) return entries
    if (page.entries.length === 0)
      throw new ClientError('unexpected_answer', 'The server gives fewer entries of the log than it says there are.')
  }
}

/** Keeps a longer verified log: from then on this device takes none that does not continue it. */
export async function adoptLog(account: OpenAccount, state: LogState): Promise<void> {
  account.state = state
  account.profile = { ...account.profile, pin: pinOf(state) }
  await account.store.save(account.profile)
}
