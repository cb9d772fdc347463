import { AppError } from '../../errors.ts'
import { comparable, type Filter, formatFilter, leafOf, parseFilter } from '../filter/filter.ts'
import { describe, isArray, isObject, quote } from '../json-value.ts'
import { type AttributeRef, findAttribute, formatRef, isSchema, type ResourceType } from '../schemas/resource-type.ts'
import { type Projection, readProjection, splitNames } from './projection.ts'

export const SEARCH_URN = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/** A list or search as the client asked for it (RFC 7644 §3.4.2). */
export interface ListQuery {
  readonly filter: Filter | undefined
  readonly sort: Sort | undefined
  readonly projection: Projection | undefined
  /** The size of the page; 0 asks for the total only. */
  readonly count: number
  readonly page: Page
}

export interface Sort {
  readonly ref: AttributeRef
  readonly descending: boolean
}

/** `startIndex` counts from 1. A cursor without a token asks for the first page (RFC 9865 §2). */
export type Page = { readonly kind: 'index'; readonly startIndex: number } | { readonly kind: 'cursor'; readonly token: string | undefined }

export interface PageLimits {
  /** The page size where the client asks for none. */
  readonly defaultCount: number
  readonly maxCount: number
}

type Parameters = { readonly [name: string]: unknown }

/** Reads the query parameters of a list. Throws `invalid_filter`, `invalid_value`, `invalid_count`. Parameters that are not ours are ignored. */
export function readListQuery(query: Parameters, type: ResourceType, limits: PageLimits): ListQuery {
  const attributes = splitNames(text(query, 'attributes'))
  const excluded = splitNames(text(query, 'excludedAttributes'))
  return read(query, type, limits, attributes, excluded)
}

/** Reads the body of `.search` (RFC 7644 §3.4.3): the same names, with lists as arrays and numbers as numbers. */
export function readSearchRequest(body: unknown, type: ResourceType, limits: PageLimits): ListQuery {
  if (!isObject(body)) throw new AppError('invalid_syntax', `A search must be a JSON object, not ${describe(body)}.`)
  const schemas = body['schemas']
  if (!isArray(schemas) || !schemas.includes(SEARCH_URN)) {
    throw new AppError('invalid_syntax', `The "schemas" of a search must hold ${SEARCH_URN}.`)
  }
  return read(body, type, limits, names(body, 'attributes'), names(body, 'excludedAttributes'))
}

/** Reads `attributes` and `excludedAttributes` of a request for one resource (RFC 7644 §3.9). */
export function readResourceQuery(query: Parameters, type: ResourceType): Projection | undefined {
  return readProjection(type, splitNames(text(query, 'attributes')), splitNames(text(query, 'excludedAttributes')))
}

/** What makes a cursor good for this query only; `scope` says whose resources are listed. The size of the page may change. */
export function queryFingerprint(query: ListQuery, scope: string): string {
  const { filter, sort } = query
  return JSON.stringify([scope, filter && formatFilter(filter), sort && formatRef(sort.ref), sort?.descending])
}

function read(
  query: Parameters,
  type: ResourceType,
  limits: PageLimits,
  attributes: readonly string[] | undefined,
  excluded: readonly string[] | undefined,
): ListQuery {
  const filter = text(query, 'filter')
  const cursor = text(query, 'cursor')
  const start = integer(query, 'startIndex', 'invalid_value')
  if (cursor !== undefined && start !== undefined) {
    throw new AppError('invalid_value', 'Give either "cursor" or "startIndex", not both.')
  }
  return {
    filter: filter === undefined ? undefined : parseFilter(filter, type),
    sort: readSort(text(query, 'sortBy'), text(query, 'sortOrder'), type),
    projection: readProjection(type, attributes, excluded),
    count: cursor === undefined ? readCount(query, limits) : readCursorCount(query, limits),
    page:
      cursor === undefined
        ? { kind: 'index', startIndex: Math.max(1, start ?? 1) }
        : { kind: 'cursor', token: cursor === '' ? undefined : cursor },
  }
}

/** RFC 7644 §3.4.2.4: a negative count is 0; more than the server gives is as much as it gives. */
function readCount(query: Parameters, limits: PageLimits): number {
  const count = integer(query, 'count', 'invalid_value')
  return count === undefined ? limits.defaultCount : Math.min(Math.max(0, count), limits.maxCount)
}

/** RFC 9865 §2.1: with a cursor, a count that cannot be is `invalidCount`. */
function readCursorCount(query: Parameters, limits: PageLimits): number {
  const count = integer(query, 'count', 'invalid_count') ?? limits.defaultCount
  if (count >= 1 && count <= limits.maxCount) return count
  throw new AppError('invalid_count', `With a cursor, "count" must be between 1 and ${limits.maxCount}, not ${count}.`)
}

function readSort(by: string | undefined, order: string | undefined, type: ResourceType): Sort | undefined {
  const direction = order?.toLowerCase() ?? 'ascending'
  if (direction !== 'ascending' && direction !== 'descending') {
    throw new AppError('invalid_value', `"sortOrder" must be ascending or descending, not ${quote(order ?? '')}.`)
  }
  if (by === undefined) return undefined
  const found = findAttribute(type, by.trim())
  if (found === undefined || isSchema(found)) throw new AppError('invalid_value', `"sortBy" names no attribute: ${quote(by)}.`)
  const ref = comparable(found)
  if (ref === undefined || !leafOf(ref).searchable) throw new AppError('invalid_value', `${formatRef(found)} cannot be sorted by.`)
  return { ref, descending: direction === 'descending' }
}

function text(query: Parameters, name: string): string | undefined {
  const value = query[name]
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw new AppError('invalid_value', `"${name}" must be given once, as text, not as ${describe(value)}.`)
}

function integer(query: Parameters, name: string, code: 'invalid_value' | 'invalid_count'): number | undefined {
  const value = query[name]
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value.trim()) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number
  throw new AppError(code, `"${name}" must be a whole number, not ${describe(value)}.`)
}

function names(body: Parameters, name: string): string[] | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (!isArray(value)) throw new AppError('invalid_value', `"${name}" must be an array of attribute names, not ${describe(value)}.`)
  const list = value.map((each) => {
    if (typeof each === 'string') return each.trim()
    throw new AppError('invalid_value', `"${name}" must hold attribute names only, not ${describe(each)}.`)
  })
  return list.length === 0 ? undefined : list
}
