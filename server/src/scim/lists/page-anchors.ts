/** Queries that are remembered, and pages of each. What is forgotten costs an OFFSET, not a wrong page. */
const MOST_QUERIES = 200
const MOST_PAGES = 64
/** How long the place of a page holds: an import asks for the next page within this. */
const LIFETIME = 5 * 60_000

interface Anchor {
  readonly id: string
  readonly key: string | number | null
  readonly at: number
}

const places = new Map<string, Map<number, Anchor>>()

/** Where pages by index begin: a directory that pages through 1, 101, 201, … is answered by a seek instead of an OFFSET. */
export const anchors = {
  /** The row before `startIndex` in this query, as the page before it ended. */
  find(fingerprint: string, startIndex: number): Anchor | undefined {
    const anchor = places.get(fingerprint)?.get(startIndex)
    return anchor && Date.now() - anchor.at < LIFETIME ? anchor : undefined
  },

  remember(fingerprint: string, startIndex: number, { id, key }: { id: string; key: string | number | null }): void {
    const pages = places.get(fingerprint) ?? new Map<number, Anchor>()
    places.delete(fingerprint)
    places.set(fingerprint, pages)
    pages.delete(startIndex)
    pages.set(startIndex, { id, key, at: Date.now() })
    dropOldest(pages, MOST_PAGES)
    dropOldest(places, MOST_QUERIES)
  },
}

/** A Map keeps the order in which keys were set. */
function dropOldest<K>(map: Map<K, unknown>, most: number) {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
