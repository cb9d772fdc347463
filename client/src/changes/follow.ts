import {
  type Changes,
  Changes as ChangesShape,
  eventsPath,
  type FeedPosition,
  STREAM_SILENCE_MILLIS,
  StreamEnd,
} from '@claviger/contract/api/changes.ts'
import { Refusal } from '@claviger/contract/api/refusal.ts'
import { ApiError, type Connection } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { readEvents, type ServerSentEvent } from './events.ts'

/** How long to wait before connecting again, in milliseconds: doubled after each failure, and never exactly the same. */
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 30_000

/** `onState` hears when the connection is there, and when it broke. The rest is what tests make quicker. */
export interface FollowOptions {
  readonly onState?: (isOpen: boolean) => void
  readonly firstPauseMillis?: number
  readonly silenceMillis?: number
}

/**
 * Follows the changes that concern the caller, from `after` on (null: from now), until `signal` is aborted. A connection
 * that breaks, or is silent for longer than heartbeats come, is made anew where it stopped: nothing is lost, and something
 * may come twice. `onChanges` is awaited before the next; what it throws ends the following. `reload` in what it gets says
 * to load everything anew.
 * @throws ApiError where the server refuses for good, ClientError `signed_out` where it ends the session
 */
export async function followChanges(
  connection: Connection,
  after: FeedPosition | null,
  onChanges: (changes: Changes) => void | Promise<void>,
  signal: AbortSignal,
  options: FollowOptions = {},
): Promise<void> {
  const { firstPauseMillis = FIRST_PAUSE, silenceMillis = STREAM_SILENCE_MILLIS, onState = () => {} } = options
  let position = after
  let pause = firstPauseMillis
  while (!signal.aborted) {
    const heard = await listenOnce(connection, position, signal, silenceMillis, async (changes) => {
      onState(true)
      await onChanges(changes)
      position = changes.position
      pause = firstPauseMillis
    })
    if (signal.aborted) return
    onState(false)
    await rest(Math.max(heard.retryAfter * 1000, pause * (0.5 + Math.random() / 2)), signal)
    pause = Math.min(pause * 2, LONGEST_PAUSE)
  }
}

/** One connection, until it ends. What `onChanges` throws is thrown on; a broken connection is not. */
async function listenOnce(
  connection: Connection,
  after: FeedPosition | null,
  signal: AbortSignal,
  silenceMillis: number,
  onChanges: (changes: Changes) => Promise<void>,
): Promise<{ retryAfter: number }> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), silenceMillis)
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), silenceMillis)
  }
  try {
    const response = await connect(connection, after, AbortSignal.any([signal, silence.signal]))
    if (response === null) return { retryAfter: 0 }
    if (!response.ok || response.body === null) return await mayComeBack(response)
    const events = readEvents(response.body, heard)
    for (;;) {
      const next = await nextOf(events)
      if (next === null) return { retryAfter: 0 }
      // A slow reader is no silent server.
      clearTimeout(timer)
      const changes = changesIn(next)
      if (changes !== null) await onChanges(changes)
      heard()
    }
  } finally {
    clearTimeout(timer)
    silence.abort()
  }
}

async function connect({ origin, token, fetch }: Connection, after: FeedPosition | null, signal: AbortSignal): Promise<Response | null> {
  const url = new URL(eventsPath, origin)
  if (after !== null) url.searchParams.set('after', after)
  const headers = { accept: 'text/event-stream', ...(token !== null && { authorization: `Bearer ${token}` }) }
  try {
    return await (fetch ?? globalThis.fetch)(url, { headers, signal, redirect: 'error', cache: 'no-store' })
  } catch {
    return null
  }
}

/** Null where the stream has ended or broken. */
async function nextOf(events: AsyncGenerator<ServerSentEvent>): Promise<ServerSentEvent | null> {
  try {
    const { done, value } = await events.next()
    return done === true ? null : value
  } catch {
    return null
  }
}

/** @throws ClientError `signed_out`, `unexpected_answer` */
function changesIn({ event, data }: ServerSentEvent): Changes | null {
  if (event === 'end') {
    if (StreamEnd.safeParse(parsed(data)).data?.reason !== 'signed-out') return null
    throw new ClientError('signed_out', 'The server has ended this session: sign in again, or ask an administrator why you are locked.')
  }
  if (event !== 'changes') return null
  const read = ChangesShape.safeParse(parsed(data))
  if (read.success) return read.data
  throw new ClientError('unexpected_answer', 'What the server says of changes is not as agreed.')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Too many streams, a server that starts or a proxy without one: later. Anything else is a refusal. */
async function mayComeBack(response: Response): Promise<{ retryAfter: number }> {
  const text = await response.text().catch(() => '')
  const after = Number(response.headers.get('retry-after') ?? 0)
  if (response.status === 429 || response.status >= 500) return { retryAfter: Number.isFinite(after) ? Math.min(after, 60) : 0 }
  const refusal = Refusal.safeParse(parsed(text)).data
  throw new ApiError(response.status, refusal?.code ?? 'internal', refusal?.message ?? `The server answered ${response.status}.`)
}

function rest(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, millis)
    signal.addEventListener('abort', done)
  })
}
