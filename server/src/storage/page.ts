/** Which page of a list: the first, the one after a place, or the one that ends before a place. */
export interface WantedPage {
  readonly after?: string | undefined
  readonly before?: string | undefined
  readonly limit: number
}

/** Rows in the order of the list, and the places on both sides of them; null where nothing follows. */
export interface Page<Row> {
  readonly rows: Row[]
  readonly next: string | null
  readonly previous: string | null
}

/** From where, and which way through the list, rows are to be read. */
export interface Reading {
  readonly from: string | undefined
  readonly backwards: boolean
  readonly limit: number
}

/**
 * Reads a page by seeking to its place, so that depth costs nothing. `read` gives rows in the order in which it walks;
 * `placeOf` is what it seeks by.
 */
export async function readPage<Row>(
  { after, before, limit }: WantedPage,
  placeOf: (row: Row) => string,
  read: (reading: Reading) => Promise<Row[]>,
): Promise<Page<Row>> {
  const backwards = before !== undefined && after === undefined
  const found = await read({ from: backwards ? before : after, backwards, limit: limit + 1 })
  const rows = found.slice(0, limit)
  if (backwards) rows.reverse()
  const more = found.length > limit
  const [first, last] = [rows.at(0), rows.at(-1)]
  const hasNext = backwards || more
  const hasPrevious = backwards ? more : after !== undefined
  return {
    rows,
    next: hasNext && last !== undefined ? placeOf(last) : null,
    previous: hasPrevious && first !== undefined ? placeOf(first) : null,
  }
}

/** A place in a list that is in the order of a text and then of ids. */
export interface KeyedPlace {
  readonly key: string
  readonly id: string
}

const ID_LENGTH = 36

/** A keyed place as one text. */
export function placeText({ key, id }: KeyedPlace): string {
  return `${id}${key}`
}

/** What placeText made; whatever else a caller sends stands for some place too, and harms nobody. */
export function readPlace(text: string): KeyedPlace {
  return { id: text.slice(0, ID_LENGTH), key: text.slice(ID_LENGTH) }
}
