import { type Quantity, type Reach, type Row, reaches } from './figures.ts'

const HEAD = ['row', 'what', 'figure', 'floor', 'ratio', 'must reach', 'reached', 'note'] as const

/** The rows as a Markdown table, its columns lined up for a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEAD, HEAD.map(() => ''), ...rows.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  return lines
    .map((cells, line) => widths.map((width, column) => (line === 1 ? '-'.repeat(width) : (cells[column] ?? '').padEnd(width))))
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** The rows with the verdict, for machines. */
export function jsonOf(rows: readonly Row[]): string {
  return JSON.stringify(rows.map((row) => ({ ...row, reached: reaches(row) ?? null })))
}

function cellsOf(row: Row): string[] {
  const reached = reaches(row)
  return [
    row.name,
    row.what,
    shown(row.figure),
    row.floor === undefined ? '' : shown(row.floor),
    row.ratio === undefined ? '' : rounded(row.ratio),
    row.reach === undefined ? '' : shownReach(row.reach, row),
    reached === undefined ? '' : reached ? 'yes' : 'NO',
    row.note ?? '',
  ]
}

function shown({ value, unit }: Quantity): string {
  return `${rounded(value)} ${unit}`
}

function shownReach(reach: Reach, { ratio, figure }: Row): string {
  const unit = ratio === undefined || reach.of === 'figure' ? ` ${figure.unit}` : ' ×'
  return 'atLeast' in reach ? `≥ ${reach.atLeast}${unit}` : `≤ ${reach.atMost}${unit}`
}

/** Three figures: more would say that the machine is quieter than it is. */
function rounded(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  const whole = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(value))) - 2)
  return digits > 0 ? value.toFixed(Math.min(digits, 3)) : (Math.round(value / whole) * whole).toLocaleString('en-GB')
}
