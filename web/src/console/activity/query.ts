import type { Filters } from '../../ui/filters.ts'

/** What is asked of the log. Times in milliseconds. */
export interface ActivityQuery {
  readonly actor?: string
  readonly action?: string
  readonly subject?: string
  readonly from?: number
  readonly to?: number
}

const DAY = 24 * 60 * 60 * 1000

/** The question that the filters of the page are. Days are those of who looks, both whole. */
export function queryOf({ actor, action, subject, from, to }: Filters): ActivityQuery {
  const first = startOf(from)
  const last = startOf(to)
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(subject !== undefined && { subject }),
    ...(first !== null && { from: first }),
    ...(last !== null && { to: last + DAY }),
  }
}

/** When the day of `YYYY-MM-DD` begins here; null for no day. */
function startOf(day: string | undefined): number | null {
  if (day === undefined || !/^\d{4}-\d\d-\d\d$/.test(day)) return null
  const at = new Date(`${day}T00:00:00`).getTime()
  return Number.isNaN(at) || at < 0 ? null : at
}
