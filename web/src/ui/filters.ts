import { useNavigate, useSearch } from '@tanstack/react-router'

/** What a list is narrowed to, in the address of the page, so that it survives a reload and can be sent to others. */
export type Filters = Readonly<Record<string, string | undefined>>

/** @returns the filters of the page, and a function that changes some of them (undefined: not narrowed by it) */
export function useFilters(): [Filters, (changes: Filters) => void] {
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as Record<string, unknown>
  // The router reads numbers and the like from the address; filters are text.
  const filters = Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)]))
  const change = (changes: Filters) => void navigate({ to: '.', search: { ...search, ...changes }, replace: true })
  return [filters, change]
}
