import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { describe, isArray, isObject, quote } from '../json-value.ts'

export const BULK_REQUEST_URN = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
export const BULK_RESPONSE_URN = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'

export type BulkMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface BulkRequest {
  /** Stop after this many errors; undefined: carry on to the end. */
  readonly failOnErrors: number | undefined
  /** In the order of the request, which is that of the response. */
  readonly operations: readonly BulkOperation[]
  /** Indexes into `operations`, in the order of execution: what is referred to comes first. */
  readonly order: readonly number[]
}

export interface BulkOperation {
  readonly method: string
  readonly path: string
  readonly bulkId: string | undefined
  /** The ETag that the resource must have (If-Match). */
  readonly version: string | undefined
  readonly data: unknown
  /** What to do, or why it cannot be done. The refusal is the answer to this operation only. */
  readonly task: BulkTask | AppError
}

/** `id` is undefined for POST alone; it and `data` may hold references. */
export interface BulkTask {
  readonly method: BulkMethod
  readonly type: 'Users' | 'Groups'
  readonly id: string | undefined
}

/** How deep the data of an operation may nest; no schema of ours goes deeper than four. */
const MAX_DEPTH = 32

const Envelope = z.object({
  schemas: z.array(z.string()),
  failOnErrors: z.int().min(1).nullish(),
  Operations: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      bulkId: z.string().min(1).nullish(),
      version: z.string().nullish(),
      data: z.unknown().optional(),
    }),
  ),
})

/**
 * Reads a bulk request (RFC 7644 §3.7). Throws `invalid_syntax` for an envelope that is none, and `too_many` beyond the
 * limit. What is wrong with one operation is said in its `task`: the others go on.
 */
export function readBulk(body: unknown, maxOperations: number): BulkRequest {
  const sent = isObject(body) ? body['Operations'] : undefined
  if (isArray(sent) && sent.length > maxOperations) {
    throw new AppError('too_many', `A bulk request may have at most ${maxOperations} operations, but ${sent.length} were sent.`)
  }
  const parsed = Envelope.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new AppError('invalid_syntax', `This is no bulk request: ${issue?.path.join('.') || 'the body'}: ${issue?.message}.`)
  }
  const { schemas, failOnErrors, Operations } = parsed.data
  if (!schemas.includes(BULK_REQUEST_URN))
    throw new AppError('invalid_syntax', `The "schemas" of a bulk request must hold ${BULK_REQUEST_URN}.`)
  const seen = new Set<string>()
  const operations = Operations.map((operation): BulkOperation => {
    const { method, path, data } = operation
    const bulkId = operation.bulkId ?? undefined
    const repeated = bulkId !== undefined && seen.has(bulkId)
    if (bulkId !== undefined) seen.add(bulkId)
    const task = repeated
      ? new AppError('invalid_value', `The bulkId ${quote(bulkId)} is used twice.`)
      : readTask(method, path, bulkId, data)
    return { method, path, bulkId, version: operation.version ?? undefined, data, task }
  })
  return { failOnErrors: failOnErrors ?? undefined, ...planned(operations) }
}

function readTask(method: string, path: string, bulkId: string | undefined, data: unknown): BulkTask | AppError {
  const verb = (['POST', 'PUT', 'PATCH', 'DELETE'] as const).find((each) => each === method.toUpperCase())
  if (verb === undefined) return new AppError('invalid_syntax', `"method" must be POST, PUT, PATCH or DELETE, not ${quote(method)}.`)
  const [start, endpoint, id, ...more] = path.split('/')
  if (start !== '' || (endpoint !== 'Users' && endpoint !== 'Groups') || more.length > 0) {
    return new AppError('invalid_value', `"path" must be /Users or /Groups, with an id after it except for POST, not ${quote(path)}.`)
  }
  if (verb === 'POST' ? id !== undefined : !id) {
    return new AppError('invalid_value', `"path" ${quote(path)} ${verb === 'POST' ? 'must not have' : 'needs'} an id for ${verb}.`)
  }
  if (verb === 'POST' && bulkId === undefined) return new AppError('invalid_value', 'A POST in a bulk request needs a "bulkId".')
  if (verb !== 'DELETE' && !isObject(data)) return new AppError('invalid_syntax', `"data" must be an object, not ${describe(data)}.`)
  if (depthOf(data, 0) > MAX_DEPTH) return new AppError('invalid_syntax', `"data" nests more than ${MAX_DEPTH} deep.`)
  return { method: verb, type: endpoint, id }
}

/** How deep a value nests; stops counting just past the bound, so that no input can exhaust the stack. */
function depthOf(value: unknown, above: number): number {
  if (typeof value !== 'object' || value === null || above > MAX_DEPTH) return above
  return Object.values(value).reduce<number>((deepest, each) => Math.max(deepest, depthOf(each, above + 1)), above)
}

/**
 * Orders the operations so that each comes after those it refers to, and otherwise as they were sent. RFC 7644 §3.7.1:
 * what refers to itself in a circle, or waits for such, is a conflict.
 */
function planned(operations: readonly BulkOperation[]): Pick<BulkRequest, 'operations' | 'order'> {
  const makers = new Map(operations.flatMap(({ bulkId }, index) => (bulkId === undefined ? [] : [[bulkId, index] as const])).reverse())
  const checked = operations.map((operation) => withKnownReferences(operation, makers))
  const order = inOrderOfReference(checked.map((operation) => new Set(referencesOf(operation).flatMap((id) => makers.get(id) ?? []))))
  const done = new Set(order)
  const circular = new AppError('conflict', 'The bulkId references of this operation go round in a circle.')
  const answered = checked.map((operation, index) => (done.has(index) ? operation : { ...operation, task: circular }))
  return { operations: answered, order: [...order, ...checked.flatMap((_, index) => (done.has(index) ? [] : [index]))] }
}

/** The indexes of those whose needs can be met, as they come, each after what it needs. Takes time in proportion to the needs. */
function inOrderOfReference(needs: readonly Set<number>[]): number[] {
  const pairs = needs.flatMap((needed, waiter) => [...needed].map((other) => ({ waiter, other })))
  const waiting = Map.groupBy(pairs, ({ other }) => other)
  const order: number[] = []
  for (const [index, needed] of needs.entries()) {
    if (needed.size > 0) continue
    const ready = [index]
    for (const next of ready) {
      order.push(next)
      for (const { waiter } of waiting.get(next) ?? []) {
        const left = needs[waiter]
        left?.delete(next)
        if (left?.size === 0 && waiter < index) ready.push(waiter)
      }
    }
  }
  return order
}

function withKnownReferences(operation: BulkOperation, makers: ReadonlyMap<string, number>): BulkOperation {
  const unknown = referencesOf(operation).find((id) => !makers.has(id))
  if (unknown === undefined) return operation
  return { ...operation, task: new AppError('invalid_value', `No operation of this request has the bulkId ${quote(unknown)}.`) }
}

/** The bulkIds that an operation refers to, as `"bulkId:qwe"` in its path or anywhere in its data. */
export function referencesOf({ task, data }: BulkOperation): string[] {
  if (task instanceof AppError) return []
  const found = new Set<string>()
  const collect = (id: string) => {
    found.add(id)
    return id
  }
  replaceReferences(task.id, collect)
  replaceReferences(data, collect)
  return [...found]
}

/**
 * The id and the data of an operation, with every reference replaced by the id that its operation made. Throws
 * `conflict` where that operation failed, so that there is no id.
 */
export function resolveReferences(
  task: BulkTask,
  data: unknown,
  ids: ReadonlyMap<string, string>,
): { id: string | undefined; data: unknown } {
  const idOf = (bulkId: string) => {
    const id = ids.get(bulkId)
    if (id === undefined)
      throw new AppError('conflict', `The operation with the bulkId ${quote(bulkId)}, which this one refers to, failed.`)
    return id
  }
  return { id: task.id === undefined ? undefined : withReference(task.id, idOf), data: replaceReferences(data, idOf) }
}

function withReference(text: string, replace: (bulkId: string) => string): string {
  return text.startsWith('bulkId:') ? replace(text.slice('bulkId:'.length)) : text
}

function replaceReferences(value: unknown, replace: (bulkId: string) => string): unknown {
  if (typeof value === 'string') return withReference(value, replace)
  if (isArray(value)) return value.map((each) => replaceReferences(each, replace))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaceReferences(each, replace)]))
}
