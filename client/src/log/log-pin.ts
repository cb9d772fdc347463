import type { EnterpriseLogId, EntryHash } from '@claviger/contract/ids.ts'
import { hashEntry, type LogEntry, logIdOf } from '@claviger/contract/log/entry.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { verifyLog } from '@claviger/contract/log/verify.ts'
import { ClientError } from '../errors.ts'

/** What a device keeps of the log that it saw: whose it is, how long it was, and its last entry. */
export interface LogPin {
  readonly enterprise: EnterpriseLogId
  readonly length: number
  readonly head: EntryHash
}

/** The pin of a verified log, to be kept in place of the one before. */
export function pinOf({ enterprise, length, head }: LogState): LogPin {
  return { enterprise, length, head }
}

/**
 * What the log says to a device that has no pin yet. `enterprise` is the log's id from somewhere other than this server
 * (another device, the invitation), or null, which trusts the server once.
 * @throws ClientError `another_enterprise`; ContractError as `verifyLog`
 */
export async function readLogFirst(entries: readonly LogEntry[], enterprise: EnterpriseLogId | null): Promise<LogState> {
  const state = await verifyLog(entries)
  if (enterprise !== null && state.enterprise !== enterprise) throw another()
  return state
}

/**
 * What the whole log says to a device that pinned it: it must continue what the device saw. A device that holds the
 * verified state itself reads on with `extendLog` (contract/src/log/verify.ts), where a fork is `broken_chain`.
 * @throws ClientError `another_enterprise`, `log_shortened`, `log_forked`; ContractError as `verifyLog`
 */
export async function readPinnedLog(entries: readonly LogEntry[], pin: LogPin): Promise<LogState> {
  const [genesis] = entries
  if (genesis !== undefined && (await logIdOf(genesis)) !== pin.enterprise) throw another()
  const last = entries[pin.length - 1]
  if (last === undefined) {
    throw new ClientError('log_shortened', `The log has ${entries.length} entries, after ${pin.length} were seen.`)
  }
  // The hash of one entry fixes all before it, so the log up to there is the one that was seen.
  if ((await hashEntry(last)) !== pin.head) throw new ClientError('log_forked', 'The log does not continue the one that was seen.')
  return verifyLog(entries)
}

function another(): ClientError {
  return new ClientError('another_enterprise', 'This is the log of another enterprise than the expected one.')
}
