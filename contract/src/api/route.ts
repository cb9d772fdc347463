import type { z } from 'zod'

/**
 * Who may ask. `anyone`: no session. `user`: somebody signed in. `approver`: somebody signed in, or an automator.
 * `fresh`: somebody who proved who they are within the last five minutes.
 */
export type Asker = 'anyone' | 'user' | 'approver' | 'fresh'

/** One operation of the JSON API, as both sides know it. */
export interface Route<Input, Answer, Who extends Asker = Asker> {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** `:name` stands for the field of that name of the input. */
  readonly path: string
  readonly asker: Who
  /** The fields of path, query (GET) or body (POST, PUT), all in one. In a query numbers come as text: `z.coerce`. */
  readonly input: z.ZodType<Input>
  readonly answer: z.ZodType<Answer>
  /** Longest body in bytes, where 1 MiB is not enough. */
  readonly bodyLimit?: number
}

/** Declares a route; its types follow from the shapes. */
export function route<Input, Answer, Who extends Asker>(declared: Route<Input, Answer, Who>): Route<Input, Answer, Who> {
  return declared
}

/** The path for an input, and the fields that are not in it. @throws TypeError where a field of the path is no text */
export function fillPath(path: string, input: object): { path: string; rest: Record<string, unknown> } {
  const rest: Record<string, unknown> = { ...input }
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    if (typeof value !== 'string' && typeof value !== 'number') throw new TypeError(`${path} needs ${name}`)
    return encodeURIComponent(value)
  })
  return { path: filled, rest }
}
