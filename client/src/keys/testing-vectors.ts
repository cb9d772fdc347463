import { z } from 'zod'

/**
 * What holds code to the files of client/vectors, without Node or a test runner: the same checks run in Node and in a
 * browser, which gets the files as JSON.
 */

/** Each case of a file has a name, what is given, and `expect`: what comes out, or the code of the refusal. */
export const named = { name: z.string() }
export const gives = <Shape extends z.ZodRawShape>(shape: Shape) => z.union([z.strictObject(shape), z.strictObject({ error: z.string() })])

/** One case: what its file expects, and what the code does today. They must be equal. */
export interface Checked {
  readonly name: string
  readonly expected: object
  readonly got: object
}

/** Checks every case of one file. @throws ZodError where the file is not of its shape */
export type VectorCheck = (file: unknown) => Promise<Checked[]>

/** Runs the cases, one after the other. What is thrown and is no refusal is a bug, and thrown on. */
export async function eachOf<Case extends { name: string; expect: object }>(
  cases: readonly Case[],
  attempt: (given: Case) => Promise<object>,
) {
  const all: Checked[] = []
  for (const given of cases) all.push(await checked(given.name, given.expect, () => attempt(given)))
  return all
}

async function checked(name: string, expected: object, attempt: () => Promise<object>): Promise<Checked> {
  try {
    return { name, expected, got: await attempt() }
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown)) throw thrown
    return { name, expected, got: { error: String(thrown.code) } }
  }
}
