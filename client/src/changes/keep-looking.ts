import type { Changes } from '@claviger/contract/api/changes.ts'
import { ApiError, type Connection } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { followChanges } from './follow.ts'

/** A look is taken this often also where no change came: what was refused for a passing reason is tried again. */
const LOOK_EVERY_MILLIS = 60_000
const FIRST_PAUSE_MILLIS = 1_000
const LONGEST_PAUSE_MILLIS = 60_000

export interface LookingOptions {
  readonly signal: AbortSignal
  /** A look that failed for a passing reason: the server is away or busy. The next one comes by itself. */
  readonly onFailure: (error: Error) => void
  readonly onChanges?: (changes: Changes) => void | Promise<void>
}

/**
 * Looks, and looks again whenever changes came that concern the caller, one look at a time, until `signal` is aborted. Any
 * number of changes during a look make one more. A server that is away is waited for.
 * @throws what `look` throws, but for passing reasons; ApiError where the server refuses for good; ClientError `signed_out`
 */
export async function keepLooking(connection: Connection, look: () => Promise<void>, options: LookingOptions): Promise<void> {
  const { signal, onChanges } = options
  // What one of the two throws ends both.
  const failing = new AbortController()
  const ending = AbortSignal.any([signal, failing.signal])
  const bell = new Bell()
  const following = followChanges(
    connection,
    null,
    async (changes) => {
      await onChanges?.(changes)
      bell.ring()
    },
    ending,
  )
  const both = [following, lookAtEachRing(look, bell, { ...options, signal: ending })]
  try {
    await Promise.race(both)
  } finally {
    failing.abort()
    await Promise.allSettled(both)
  }
}

async function lookAtEachRing(look: () => Promise<void>, bell: Bell, { signal, onFailure }: LookingOptions): Promise<void> {
  let pause = FIRST_PAUSE_MILLIS
  while (!signal.aborted) {
    try {
      await look()
      pause = FIRST_PAUSE_MILLIS
      await bell.rung(LOOK_EVERY_MILLIS, signal)
    } catch (error) {
      const least = leastPause(error)
      if (least === null || !(error instanceof Error)) throw error
      onFailure(error)
      await rest(Math.max(pause, least), signal)
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS)
    }
  }
}

/** Milliseconds to wait at least for what passes by itself, else null. */
function leastPause(error: unknown): number | null {
  if (error instanceof ClientError) return error.code === 'unreachable' ? 0 : null
  return error instanceof ApiError && (error.status === 429 || error.status >= 500) ? (error.retryAfter ?? 0) * 1000 : null
}

/** Rung while nobody waits, it is heard by the next who does. */
class Bell {
  #isRung = false
  #wake = () => {}

  ring() {
    this.#isRung = true
    this.#wake()
  }

  /** Resolves when it is rung, when the time is over, or when `signal` is aborted. */
  async rung(millis: number, signal: AbortSignal): Promise<void> {
    const waking = new AbortController()
    this.#wake = () => waking.abort()
    if (!this.#isRung) await rest(millis, AbortSignal.any([signal, waking.signal]))
    this.#isRung = false
  }
}

function rest(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, millis)
    signal.addEventListener('abort', done)
  })
}
