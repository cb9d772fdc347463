import { appendLog } from '@claviger/contract/api/log.ts'
import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { LogEntry } from '@claviger/contract/log/entry.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { StatementBody } from '@claviger/contract/log/statement.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { ApiError, type Connection, call } from '../api/call.ts'
import { refreshLog } from './follow.ts'
import { type Author, asAdministrator, stateNext } from './log-statements.ts'

/** Others may append at the same time; so often one of them can come first. */
const TRIES = 5

/** Who appends: an approver is one (`author('approver')`), and so is an open account. */
export interface LogWriter {
  readonly connection: Connection
  readonly author: Author
  /** The verified log as it was last read. */
  readonly state: LogState
  /** Reads what is new of the log, and gives the state with it. */
  refresh(): Promise<LogState>
}

type Maybe<T> = T | Promise<T>

/**
 * Appends to the enterprise log what `bodiesOf` wants said after the newest entry; where somebody else came first, both are
 * asked again with the longer log. An empty list says that there is nothing to add any more. At most 500 statements.
 * @param heldKeysOf the wraps that go with them, out of the state that has them
 * @returns the log with them
 * @throws ContractError with the reason why readers would refuse it; ApiError
 */
export async function appendToLog(
  writer: OpenAccount | LogWriter,
  bodiesOf: (state: LogState) => Maybe<readonly StatementBody[]>,
  heldKeysOf: (state: LogState) => Maybe<readonly HeldKeyWrap[]> = () => [],
): Promise<LogState> {
  const { connection, author, refresh } = writerOf(writer)
  for (let tries = 1; ; tries++) {
    const bodies = await bodiesOf(writer.state)
    if (bodies.length === 0) return writer.state
    const { entries, state } = await stateAll(writer.state, author, bodies)
    try {
      await call(connection, appendLog, { entries, heldKeys: [...(await heldKeysOf(state))] })
      return await refresh()
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'conflict' || tries === TRIES) throw error
      await refresh()
    }
  }
}

/** Signs statements one after the other. @throws ContractError as `stateNext` */
export async function stateAll(
  from: LogState,
  author: Author,
  bodies: readonly StatementBody[],
  at: number = Date.now(),
): Promise<{ entries: LogEntry[]; state: LogState }> {
  const entries: LogEntry[] = []
  let state = from
  for (const body of bodies) {
    const stated = await stateNext(state, author, body, at)
    entries.push(stated.entry)
    state = stated.state
  }
  return { entries, state }
}

function writerOf(writer: OpenAccount | LogWriter): Pick<LogWriter, 'connection' | 'author' | 'refresh'> {
  if ('author' in writer) return { connection: writer.connection, author: writer.author, refresh: () => writer.refresh() }
  return { connection: writer.connection, author: asAdministrator(writer.identity), refresh: () => refreshLog(writer) }
}
