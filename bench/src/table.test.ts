import { expect, test } from 'vitest'
import { median, medianRatio, quantile, type Row, reaches } from './figures.ts'
import { jsonOf, tableOf } from './table.ts'

const row: Row = {
  name: 'create',
  what: 'POST /Users',
  figure: { value: 12_345.6, unit: 'requests/s' },
  floor: { value: 20_000, unit: 'requests/s' },
  ratio: 0.6173,
  reach: { atLeast: 0.6 },
}

test('a median lies in the middle, between the two middle ones of an even number', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([1, 3, 2, 10])).toBe(2.5)
  expect(() => median([])).toThrow(RangeError)
})

test('a quantile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1)
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1), quantile(values, 0)]).toEqual([50, 99, 100, 1])
  expect(() => quantile([], 0.5)).toThrow(RangeError)
})

test('a round that was disturbed for both sides does not move the ratio', () => {
  const quiet = { ours: 60, floor: 100 }
  expect(medianRatio([quiet, quiet, { ours: 6, floor: 10 }])).toBe(0.6)
})

test('a row is measured by its ratio, or by its figure where it has none; without a goal it only reports', () => {
  const { reach: _, ...reporting } = row
  const { ratio: __, ...plain } = row
  expect(reaches(row)).toBe(true)
  expect(reaches({ ...row, ratio: 0.59 })).toBe(false)
  expect(reaches({ ...row, ratio: 1.51, reach: { atMost: 1.5 } })).toBe(false)
  expect(reaches({ ...plain, figure: { value: 249, unit: 'MB' }, reach: { atMost: 250 } })).toBe(true)
  expect(reaches(reporting)).toBeUndefined()
})

test('a row that must be done in a time is measured by it, whatever its floor takes', () => {
  const timed: Row = { ...row, figure: { value: 1.9, unit: 's' }, ratio: 30, reach: { atMost: 2, of: 'figure' } }
  expect([reaches(timed), reaches({ ...timed, figure: { value: 2.1, unit: 's' } })]).toEqual([true, false])
  expect(tableOf([timed])).toContain('| 30.0  | ≤ 2 s')
})

test('the table is Markdown with three figures to a number, and says aloud what is not reached', () => {
  const [head, rule, first, second] = tableOf([row, { ...row, ratio: 0.05, figure: { value: 0.0456, unit: 'ms' } }]).split('\n')
  const cells = (line = '') => line.split('|').map((cell) => cell.trim())
  expect(cells(head).slice(1, -1)).toEqual(['row', 'what', 'figure', 'floor', 'ratio', 'must reach', 'reached', 'note'])
  expect(rule).toMatch(/^[|\s-]+$/)
  expect(cells(first).slice(1, -1)).toEqual([
    'create',
    'POST /Users',
    '12,300 requests/s',
    '20,000 requests/s',
    '0.617',
    '≥ 0.6 ×',
    'yes',
    '',
  ])
  expect(cells(second).slice(3, 8)).toEqual(['0.046 ms', '20,000 requests/s', '0.050', '≥ 0.6 ×', 'NO'])
  expect(new Set([head, rule, first, second].map((line) => line?.length)).size).toBe(1)
})

test('machines get the figures unrounded, with the verdict', () => {
  expect(JSON.parse(jsonOf([row]))).toEqual([{ ...row, reached: true }])
})
