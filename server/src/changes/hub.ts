import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.ts'
import { changesAfter, type FeedPosition, feedHead } from '../storage/changes.ts'
import type { Db, Millis } from '../storage/database.ts'
import { concerning } from './concerns.ts'
import { noteUse, type Reader, stillIn } from './reader.ts'
import { type StreamSink, Subscription } from './subscription.ts'

/** How often the feed of an enterprise is looked at while somebody listens to it. */
const POLL_MILLIS: Millis = 300
/** Heartbeats, and looks at who is still let in, come this often; twice this is STREAM_SILENCE_MILLIS of the contract. */
const HEARTBEAT_MILLIS: Millis = 15_000
/** Streams of one user on one process. */
const MOST_STREAMS = 20
/** Streams of everybody on one process. */
const MOST_IN_ALL = 10_000
const PAGE = 500

/** What tests make quicker, or watch. */
export interface HubOptions {
  pollMillis?: Millis
  heartbeatMillis?: Millis
  mostStreams?: number
  read?: typeof changesAfter
  /** Told of a read that failed; the next one is tried in its turn. */
  onFailure?: (error: unknown) => void
}

/** One enterprise's streams on this process, and how far its feed was read for them. */
interface Listening {
  readonly enterpriseId: string
  readonly open: Set<Subscription>
  position: Promise<FeedPosition>
}

/**
 * The streams of one server process. Each enterprise that has any is polled once for all of them, and its changes are fanned
 * out to those whom they concern. Who is locked or signed out is let go of with the change that says so, on every process.
 */
export class FeedHub {
  readonly #db: Db
  readonly #options: Required<HubOptions>
  readonly #listening = new Map<string, Listening>()
  readonly #counts = new Map<string, number>()
  readonly #stopping = new AbortController()
  constructor(db: Db, options: HubOptions = {}) {
    const presets = { pollMillis: POLL_MILLIS, heartbeatMillis: HEARTBEAT_MILLIS, mostStreams: MOST_STREAMS, read: changesAfter }
    this.#db = db
    this.#options = { ...presets, onFailure: () => {}, ...options }
  }

  /** The streams that are open. */
  get size(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  /**
   * Begins a stream: what `reader` missed since `after` (undefined: nothing), then what comes, into `sink`, until it ends or
   * `leave` is called. @returns `leave`
   * @throws AppError `rate_limited`, `unavailable` where there are too many streams
   */
  open(reader: Reader, after: FeedPosition | undefined, sink: StreamSink): () => void {
    this.#admit(reader)
    const listening = this.#listenTo(reader.enterpriseId)
    const subscription = new Subscription(reader, sink)
    listening.open.add(subscription)
    const leave = () => {
      if (!listening.open.delete(subscription)) return
      this.#counts.set(reader.id, (this.#counts.get(reader.id) ?? 1) - 1)
      if (this.#counts.get(reader.id) === 0) this.#counts.delete(reader.id)
    }
    subscription.onEnd(leave)
    // The position of the poller first: what it passed before this stream was there, the stream reads by itself.
    listening.position
      // A lock may have come between the request's own look at the session and here, where the poller has passed it.
      .then(() => this.#letGo([subscription]))
      .then(() => subscription.catchUp(this.#db, after))
      .catch((error: unknown) => {
        this.#options.onFailure(error)
        subscription.end('restart')
      })
    return leave
  }

  /** Ends every stream: its reader comes back, to another process or after the restart. */
  close(): void {
    this.#stopping.abort()
    for (const { open } of this.#listening.values()) for (const subscription of open) subscription.end('restart')
  }

  #admit({ id }: Reader) {
    const count = this.#counts.get(id) ?? 0
    if (count >= this.#options.mostStreams) {
      throw new AppError(
        'rate_limited',
        `You have ${count} streams open: close some windows, or wait until those that broke are noticed.`,
        {
          retryAfter: 15,
        },
      )
    }
    if (this.#stopping.signal.aborted || this.size >= MOST_IN_ALL) {
      throw new AppError('unavailable', 'This server has no room for another stream: connect again in a while.', { retryAfter: 15 })
    }
    this.#counts.set(id, count + 1)
  }

  #listenTo(enterpriseId: string): Listening {
    const known = this.#listening.get(enterpriseId)
    if (known) return known
    const listening: Listening = { enterpriseId, open: new Set(), position: feedHead(this.#db, enterpriseId) }
    this.#listening.set(enterpriseId, listening)
    void this.#listen(listening)
    return listening
  }

  /** Polls for as long as somebody listens. */
  async #listen(listening: Listening): Promise<void> {
    const { pollMillis, heartbeatMillis, onFailure } = this.#options
    let beatAt = Date.now() + heartbeatMillis
    for (;;) {
      let more = false
      try {
        more = await this.#read(listening)
        if (Date.now() >= beatAt) {
          beatAt = Date.now() + heartbeatMillis
          await this.#beat(listening)
        }
      } catch (error) {
        onFailure(error)
      }
      if (listening.open.size === 0 || this.#stopping.signal.aborted) break
      if (!more) await sleep(pollMillis, undefined, { signal: this.#stopping.signal }).catch(() => {})
    }
    this.#listening.delete(listening.enterpriseId)
  }

  /** One page of the feed to whom it concerns. @returns whether there is more */
  async #read(listening: Listening): Promise<boolean> {
    const { enterpriseId, open } = listening
    const from = await listening.position.catch(() => {
      listening.position = feedHead(this.#db, enterpriseId)
      return listening.position
    })
    const { changes, position } = await this.#options.read(this.#db, enterpriseId, from, PAGE)
    if (changes.length === 0) return false
    const subjects = new Set(changes.map(({ subjectId }) => subjectId))
    await this.#letGo([...open].filter(({ reader }) => subjects.has(reader.id)))
    const subscriptions = [...open]
    const told = await concerning(
      this.#db,
      enterpriseId,
      changes,
      subscriptions.map(({ reader }) => reader),
    )
    for (const subscription of subscriptions) subscription.deliver(position, told.get(subscription.reader) ?? [])
    listening.position = Promise.resolve(position)
    return changes.length === PAGE
  }

  async #beat({ open }: Listening): Promise<void> {
    for (const subscription of open) subscription.beat()
    await this.#letGo([...open])
    await noteUse(
      this.#db,
      [...open].map(({ reader }) => reader),
      Date.now(),
    )
  }

  /** Ends the streams of those who are not let in any more. */
  async #letGo(subscriptions: readonly Subscription[]): Promise<void> {
    if (subscriptions.length === 0) return
    const allowed = await stillIn(
      this.#db,
      subscriptions.map(({ reader }) => reader),
      Date.now(),
    )
    for (const subscription of subscriptions) if (!allowed.has(subscription.reader)) subscription.end('signed-out')
  }
}
