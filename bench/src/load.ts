import type { Child } from './child.ts'
import { quantile } from './figures.ts'
import type { Target } from './wire.ts'
import type { Workshop } from './workshop.ts'

export type Work =
  | { readonly kind: 'new users'; readonly tag: string }
  | { readonly kind: 'new groups' }
  /** Whole requests, one after the other and again from the first. */
  | { readonly kind: 'these'; readonly requests: readonly string[] }

/** What to send, over how many connections with one request under way on each, and when to stop. */
export interface Load {
  readonly target: Target
  readonly connections: number
  readonly seconds: number
  readonly count?: number
  readonly work: Work
}

export interface LoadResult {
  readonly done: number
  readonly seconds: number
  /** Milliseconds of each request that was answered well. */
  readonly latencies: readonly number[]
  readonly failures: number
  readonly failure: string | null
}

/** What a load was served with. */
export interface Served {
  readonly rate: number
  readonly p50: number
  readonly p99: number
  /** Processor time of the server for each request. */
  readonly cpuMicros: number
}

let tags = 0

/** Sends loads, one at a time. */
export class LoadGenerator {
  readonly #child: Child
  constructor(workshop: Workshop) {
    this.#child = workshop.start('./load-process.ts', null)
  }

  /** @throws Error where anything was refused: what fails fast must not count as fast */
  async run(load: Load): Promise<LoadResult> {
    const result: LoadResult = JSON.parse(await this.#child.ask(load))
    if (result.failures > 0) throw new Error(`${result.failures} requests failed, the first with ${result.failure}`)
    return result
  }

  /** Runs a load and weighs what it cost `server`. */
  async weigh(server: Child, load: Load): Promise<Served> {
    const before = server.usage().cpuMicros
    const { done, seconds, latencies } = await this.run(load)
    return {
      rate: done / seconds,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      cpuMicros: (server.usage().cpuMicros - before) / done,
    }
  }
}

/** Users whom nobody has made in this run. Six characters, as all tags. */
export function newUsers(): Work {
  return { kind: 'new users', tag: `t${String(tags++).padStart(5, '0')}` }
}
