/** What is measured in one unit: the table rounds it, `--json` does not. */
export interface Quantity {
  readonly value: number
  readonly unit: 'requests/s' | 'people/s' | 'groups/s' | 'ms' | 's' | 'MB' | 'KB' | 'frames/s'
}

/** What a row must reach, by its ratio to the floor; by its figure where it has no floor, or where this says so. */
export type Reach = ({ readonly atLeast: number } | { readonly atMost: number }) & { readonly of?: 'figure' }

/** One line of the table. */
export interface Row {
  /** The name by which `npm run bench -- NAME` runs it; rows of one topic begin alike. */
  readonly name: string
  readonly what: string
  readonly figure: Quantity
  /** What the same work costs without the product, or with little data, measured in the same run. */
  readonly floor?: Quantity
  /** The median of the rounds' own ratios, which is not the ratio of the medians. */
  readonly ratio?: number
  /** Rows without it report only. */
  readonly reach?: Reach
  readonly note?: string
}

/** Whether the row is as it must be; undefined where it only reports. */
export function reaches({ figure, ratio, reach }: Row): boolean | undefined {
  if (reach === undefined) return undefined
  const value = reach.of === 'figure' ? figure.value : (ratio ?? figure.value)
  return 'atLeast' in reach ? value >= reach.atLeast : value <= reach.atMost
}

/** The median, of two middle ones their mean. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  if (upper === undefined || lower === undefined) throw new RangeError('no values to take the median of')
  return (lower + upper) / 2
}

/** The value below which the part `of` (0 to 1) of the values lies: the nearest rank, so always one that was measured. */
export function quantile(values: readonly number[], of: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil(sorted.length * of) - 1)]
  if (found === undefined) throw new RangeError('no values to take a quantile of')
  return found
}

/** The median over the rounds of ours to the floor's: what disturbs one round for both stays out. */
export function medianRatio(rounds: readonly { readonly ours: number; readonly floor: number }[]): number {
  return median(rounds.map(({ ours, floor }) => ours / floor))
}
