import { Tooltip } from '@mantine/core'

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** How long ago, in words; the exact time on hover and for screen readers. Nothing where there is none. */
export function TimeAgo({ at, now = Date.now() }: { at: number | null; now?: number }) {
  if (at === null) return <>never</>
  return (
    <Tooltip label={exact.format(at)}>
      <time dateTime={new Date(at).toISOString()}>{agoText(at, now)}</time>
    </Tooltip>
  )
}

/** `Nov 29, 2026, 9:25:00 AM`. */
export function exactTime(at: number): string {
  return exact.format(at)
}

/** `3 minutes ago`. Both are milliseconds. */
export function agoText(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000)
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return unit === 'second' && Math.abs(seconds) < 10 ? 'just now' : relative.format(Math.trunc(seconds / size), unit)
}
