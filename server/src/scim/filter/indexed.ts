import type { ListQuery } from '../lists/list-query.ts'
import type { Filter } from './filter.ts'

/** What an index finds in both tables, by name. */
const indexed = new Set(['id', 'userName', 'externalId', 'displayName'])
/** Rows that an OFFSET may pass over beside everybody else's requests. */
const SMALL_OFFSET = 2_000

/** Whether a query costs what it answers. The others read what they do not answer, and run aside (storage/aside.ts). */
export function isQuick(query: ListQuery, skipped: number): boolean {
  if (query.filter) return findsFew(query.filter)
  return query.sort === undefined && skipped <= SMALL_OFFSET
}

/** Whether an index leads to the few rows that the filter can hold for. */
function findsFew(filter: Filter): boolean {
  if (filter.kind === 'and') return filter.filters.some(findsFew)
  if (filter.kind === 'or') return filter.filters.every(findsFew)
  return (
    filter.kind === 'compare' && filter.operator === 'eq' && filter.ref.extension === undefined && indexed.has(filter.ref.attribute.name)
  )
}
