import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Checked } from './testing-vectors.ts'

const folder = join(import.meta.dirname, '..', '..', 'vectors')

/** The names of the files of client/vectors, without `.json`. */
export const vectorNames = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length))
  .toSorted()

/** One of them, as it lies there. */
export function readVectors(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
}

/** Holds what came of each case to what its file expects. */
export function expectAll(cases: readonly Checked[]) {
  expect(cases.length).toBeGreaterThan(0)
  for (const { name, expected, got } of cases) expect(got, name).toEqual(expected)
}
