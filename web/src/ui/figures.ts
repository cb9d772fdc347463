const number = new Intl.NumberFormat('en')
const units: readonly (readonly [name: string, millis: number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

/** `12,345`. */
export function numberText(value: number): string {
  return number.format(value)
}

/** `2 hours`: a length of time in the largest unit that it fills; what is shorter than a second is `under a second`. */
export function durationText(millis: number): string {
  const unit = units.find(([, size]) => millis >= size)
  if (unit === undefined) return 'under a second'
  const [name, size] = unit
  const count = Math.round(millis / size)
  return `${number.format(count)} ${name}${count === 1 ? '' : 's'}`
}
