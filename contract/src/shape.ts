import { z } from 'zod'
import { fromBase64url } from './bytes.ts'
import { ContractError } from './errors.ts'

/** The one suite there is. A client that reads another word refuses: there is nothing to negotiate, so nothing to downgrade. */
export const SUITE = 'v1'
export const Suite = z.literal(SUITE)

/** Checks a value against a shape. `what` names it in the refusal. @throws ContractError `malformed`: says where, never what stood there */
export function readShape<T>(shape: z.ZodType<T>, value: unknown, what: string): T {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  const wrong = result.error.issues.map((issue) => [...issue.path.map(String), issue.code].join('.')).slice(0, 5)
  throw new ContractError('malformed', `This is not ${what}: ${wrong.join(', ')}.`)
}

/** Base64url of exactly so many bytes, in its one spelling. */
export function base64urlOf(bytes: number) {
  return base64urlBetween(bytes, bytes)
}

/** Base64url of `least` to `most` bytes, in its one spelling. */
export function base64urlBetween(least: number, most: number) {
  return z
    .string()
    .min(textLength(least))
    .max(textLength(most))
    .refine((text) => isBase64url(text))
}

/** Whole numbers from `least` that JavaScript holds exactly. */
export function wholeFrom(least: number) {
  return z.int().min(least)
}

/** Epochs count from 1. */
export const Epoch = wholeFrom(1)
/** Whole milliseconds since 1970. What a clock said; nothing is ordered by it. */
export const Millis = wholeFrom(0)

function textLength(bytes: number): number {
  return Math.ceil((bytes * 4) / 3)
}

function isBase64url(text: string): boolean {
  try {
    fromBase64url(text)
    return true
  } catch {
    return false
  }
}
