import { median, medianRatio, type Quantity } from './figures.ts'
import { demand, type Wire } from './wire.ts'

/** One of two requests that take turns. */
export interface Side {
  readonly wire: Wire
  /** The request number `n`. */
  readonly request: (n: number) => string
}

export interface Compared {
  readonly figure: Quantity
  readonly floor: Quantity
  readonly ratio: number
}

/** How many requests of each side a round has. */
const REQUESTS = 100
/** Rounds before those that count, for compiler and caches. */
const WARM_ROUNDS = 1

/**
 * Sends ours and the floor's in turn, one at a time, and compares the median latencies of each round. `between` runs
 * unmeasured after each pair.
 */
export async function compareLatencies(
  rounds: number,
  ours: Side,
  floor: Side,
  between: (n: number) => Promise<void> = async () => {},
): Promise<Compared> {
  const measured: { ours: number; floor: number }[] = []
  let n = 0
  for (let round = -WARM_ROUNDS; round < rounds; round++) {
    const millis: Record<'ours' | 'floor', number[]> = { ours: [], floor: [] }
    for (let i = 0; i < REQUESTS; i++, n++) {
      // Who goes first changes, for the first of two finds the processor less warm.
      for (const side of n % 2 === 0 ? (['ours', 'floor'] as const) : (['floor', 'ours'] as const)) {
        const { wire, request } = side === 'ours' ? ours : floor
        millis[side].push((await demand(wire, request(n))).millis)
      }
      await between(n)
    }
    if (round >= 0) measured.push({ ours: median(millis.ours), floor: median(millis.floor) })
  }
  return {
    figure: { value: median(measured.map(({ ours }) => ours)), unit: 'ms' },
    floor: { value: median(measured.map(({ floor }) => floor)), unit: 'ms' },
    ratio: medianRatio(measured),
  }
}
