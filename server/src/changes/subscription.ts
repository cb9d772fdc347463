import { changesAfter, type FeedPosition, feedHead, isAfter, isInFeed } from '../storage/changes.ts'
import type { Db } from '../storage/database.ts'
import { concerning, type ToldChange } from './concerns.ts'
import type { Reader } from './reader.ts'

/** Pages of the feed that a stream reads to catch up; who missed more loads everything anew. */
const MOST_PAGES = 20
const PAGE = 500

/** Changes for one reader, up to a position. `reload`: what came before is not known. */
export interface ToldChanges {
  position: FeedPosition
  reload: boolean
  changes: ToldChange[]
}

/** `signed-out`: not let in any more. `restart`: connect again. */
export type EndReason = 'signed-out' | 'restart'

/** Where a stream's words go. */
export interface StreamSink {
  changes(told: ToldChanges): void
  beat(): void
  end(reason: EndReason): void
}

/** What a reader missed, page by page; `reload` and nothing else where that is not known, or too much. */
export async function* missed(db: Db, reader: Reader, after: FeedPosition | undefined): AsyncGenerator<ToldChanges & { more: boolean }> {
  let position = after
  for (let page = 0; position !== undefined && page < MOST_PAGES; page++) {
    if (page === 0 && !(await isInFeed(db, reader.enterpriseId, position))) break
    const read = await changesAfter(db, reader.enterpriseId, position, PAGE)
    const told = await concerning(db, reader.enterpriseId, read.changes, [reader])
    const more = read.changes.length === PAGE
    position = read.position
    yield { position, reload: false, changes: told.get(reader) ?? [], more }
    if (!more) return
  }
  yield { position: await feedHead(db, reader.enterpriseId), reload: true, changes: [], more: false }
}

/** One open stream. It keeps what the poller brings until it has caught up, so that nothing is lost between the two. */
export class Subscription {
  readonly reader: Reader
  readonly #sink: StreamSink
  #waiting: { position: FeedPosition; changes: ToldChange[] }[] | null = []
  #position: FeedPosition | undefined
  #told: FeedPosition | undefined
  #ended = false
  #onEnd: () => void = () => {}
  constructor(reader: Reader, sink: StreamSink) {
    this.reader = reader
    this.#sink = sink
  }

  /** Called once, when the stream ends from this side. */
  onEnd(act: () => void): void {
    this.#onEnd = act
  }

  /** Says what came since `after`, then what the poller brought meanwhile. */
  async catchUp(db: Db, after: FeedPosition | undefined): Promise<void> {
    if (this.#ended) return
    for await (const told of missed(db, this.reader, after)) {
      if (this.#ended) return
      this.#tell(told)
    }
    const waiting = this.#waiting ?? []
    this.#waiting = null
    for (const { position, changes } of waiting) this.deliver(position, changes)
  }

  /** What the poller read: changes for this reader up to `position`. */
  deliver(position: FeedPosition, changes: ToldChange[]): void {
    if (this.#ended) return
    if (this.#waiting !== null) {
      this.#waiting.push({ position, changes })
    } else if (this.#position === undefined || isAfter(position, this.#position)) {
      this.#position = position
      if (changes.length > 0) this.#tell({ position, reload: false, changes })
    }
  }

  /** A sign of life; and the position, where it moved over changes that concern others, so that a return costs less. */
  beat(): void {
    if (this.#ended) return
    if (this.#position !== undefined && this.#position !== this.#told) {
      this.#tell({ position: this.#position, reload: false, changes: [] })
    } else this.#sink.beat()
  }

  end(reason: EndReason): void {
    if (this.#ended) return
    this.#ended = true
    this.#sink.end(reason)
    this.#onEnd()
  }

  #tell({ position, reload, changes }: ToldChanges): void {
    this.#position = position
    this.#told = position
    this.#sink.changes({ position, reload, changes })
  }
}
