import type { Row } from './figures.ts'
import type { LoadGenerator } from './load.ts'
import type { Workshop } from './workshop.ts'

/** What all topics work with. */
export interface Bench {
  readonly workshop: Workshop
  readonly load: LoadGenerator
  readonly sizes: Sizes
}

export interface Sizes {
  readonly rounds: number
  /** Of each measured slice. */
  readonly seconds: number
  /** In the large store; the small one has a thousandth. */
  readonly users: number
  /** In the largest group. */
  readonly members: number
  /** Pushed by the directory simulator. */
  readonly people: number
  readonly groups: number
}

/** Measures, and gives the rows of the table. */
export type Topic = (bench: Bench) => Promise<Row[]>
