import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { z } from 'zod'
import { outcome } from './testing-enterprise.ts'

/** Each case of a file of client/vectors has a name, what is given, and `expect`: what comes out, or the code of the refusal. */
export const named = { name: z.string() }
export const gives = <Shape extends z.ZodRawShape>(shape: Shape) => z.union([z.strictObject(shape), z.strictObject({ error: z.string() })])

export function readVectors<T>(name: string, shape: z.ZodType<T>): T {
  return shape.parse(JSON.parse(readFileSync(pathOf(name), 'utf8')))
}

/** Holds one case against what the code does today. */
export async function holds(name: string, expected: object, attempt: () => Promise<object>) {
  if ('error' in expected) expect(await outcome(attempt), name).toBe(expected.error)
  else expect(await attempt(), name).toEqual(expected)
}

function pathOf(name: string): string {
  return join(import.meta.dirname, '..', '..', 'vectors', `${name}.json`)
}
