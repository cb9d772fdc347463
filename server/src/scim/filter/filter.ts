import { AppError } from '../../errors.ts'
import { quote } from '../json-value.ts'
import type { Attribute } from '../schemas/attribute.ts'
import { type AttributeRef, findAttribute, formatRef, isSchema, type ResourceType } from '../schemas/resource-type.ts'
import { FilterScanner, type ScannedValue } from './filter-scanner.ts'

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
export type Operator = (typeof operators)[number]

/**
 * A filter whose attributes are resolved and whose values fit them (RFC 7644 §3.4.2.2). Inside `some`, references
 * name sub-attributes of the one element that is looked at. `and` and `or` are flat: at least two, none of their own kind.
 */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'present'; readonly ref: AttributeRef }
  | { readonly kind: 'compare'; readonly ref: AttributeRef; readonly operator: Operator; readonly value: FilterValue }
  | { readonly kind: 'some'; readonly ref: AttributeRef; readonly filter: Filter }

/** Null goes with eq and ne only; a dateTime is in the form of `Date.toISOString`. */
export type FilterValue = string | boolean | null

/** How deep parentheses, `not` and brackets may nest. */
export const MAX_FILTER_DEPTH = 32
/** The most comparisons in one filter: SQLite has a bound on the depth of an expression. */
export const MAX_FILTER_CONDITIONS = 256

/** Where names are looked up: in a resource, or in one element of a multi-valued attribute. */
type Scope = { readonly type: ResourceType } | { readonly element: Attribute }

interface Reading {
  readonly scanner: FilterScanner
  conditions: number
}

/** Reads a filter over resources of this type. Throws `invalid_filter`, with what is wrong and where. */
export function parseFilter(text: string, type: ResourceType): Filter {
  const scanner = new FilterScanner(text)
  const filter = parseOr({ scanner, conditions: 0 }, { type }, 0)
  if (scanner.peek() !== undefined) throw scanner.refusal('"and", "or" or the end was expected')
  return filter
}

/** Reads the filter of `attribute[filter]` from `start`, just after the bracket. `end`: the position after the closing one. */
export function parseElementFilter(text: string, start: number, attribute: Attribute): { filter: Filter; end: number } {
  const scanner = new FilterScanner(text, start)
  const filter = parseOr({ scanner, conditions: 0 }, { element: attribute }, 1)
  if (!scanner.take(']')) throw scanner.refusal('"]" was expected')
  return { filter, end: scanner.at }
}

function parseOr(reading: Reading, scope: Scope, depth: number): Filter {
  const filters = [parseAnd(reading, scope, depth)]
  while (takeWord(reading.scanner, 'or')) filters.push(parseAnd(reading, scope, depth))
  return joined('or', filters)
}

function parseAnd(reading: Reading, scope: Scope, depth: number): Filter {
  const filters = [parseTerm(reading, scope, depth)]
  while (takeWord(reading.scanner, 'and')) filters.push(parseTerm(reading, scope, depth))
  return joined('and', filters)
}

/** Joins filters, so that `(a and b) and c` is the same as `a and b and c`. */
export function joined(kind: 'and' | 'or', filters: readonly Filter[]): Filter {
  const flat = filters.flatMap((filter) => (filter.kind === kind ? filter.filters : [filter]))
  const only = flat[0]
  return flat.length === 1 && only !== undefined ? only : { kind, filters: flat }
}

function parseTerm(reading: Reading, scope: Scope, depth: number): Filter {
  const { scanner } = reading
  if (depth > MAX_FILTER_DEPTH) throw scanner.refusal(`parentheses, "not" and brackets may nest ${MAX_FILTER_DEPTH} deep at most`)
  if (scanner.take('(')) return parseClosed(reading, scope, depth)
  if (takeWord(scanner, 'not')) {
    if (!scanner.take('(')) throw scanner.refusal('"(" was expected after "not"')
    return { kind: 'not', filter: parseClosed(reading, scope, depth) }
  }
  return parseCondition(reading, scope, depth)
}

function parseClosed(reading: Reading, scope: Scope, depth: number): Filter {
  const filter = parseOr(reading, scope, depth + 1)
  if (!reading.scanner.take(')')) throw reading.scanner.refusal('")" was expected')
  return filter
}

function parseCondition(reading: Reading, scope: Scope, depth: number): Filter {
  const { scanner } = reading
  if (++reading.conditions > MAX_FILTER_CONDITIONS) throw scanner.refusal(`a filter may have ${MAX_FILTER_CONDITIONS} comparisons at most`)
  const ref = resolve(scanner, scope)
  if (scanner.peek() !== '[') return parseComparison(scanner, ref)
  if ('element' in scope) throw scanner.refusal('brackets cannot stand inside brackets')
  if (ref.sub !== undefined || ref.attribute.type !== 'complex')
    throw scanner.refusal(`${formatRef(ref)} has no elements with sub-attributes`)
  scanner.at++
  const inner = parseOr(reading, { element: ref.attribute }, depth + 1)
  if (!scanner.take(']')) throw scanner.refusal('"]" was expected')
  return { kind: 'some', ref, filter: joined('and', [inner, ...parseAfterBracket(reading, ref)]) }
}

/** Entra ID writes `emails[type eq "work"].value eq "x"`, which means one element for which both hold. */
function parseAfterBracket(reading: Reading, ref: AttributeRef): Filter[] {
  const { scanner } = reading
  if (scanner.text[scanner.at] !== '.') return []
  scanner.at++
  return [parseComparison(scanner, resolve(scanner, { element: ref.attribute }))]
}

function resolve(scanner: FilterScanner, scope: Scope): AttributeRef {
  scanner.peek()
  const start = scanner.at
  const name = scanner.name()
  if (name === '') throw scanner.refusal('the name of an attribute was expected')
  if ('element' in scope) {
    const attribute = scope.element.byName.get(name.toLowerCase())
    if (attribute?.searchable) return { extension: undefined, attribute, sub: undefined }
    throw scanner.refusal(`${scope.element.name} has no sub-attribute ${quote(name)} to filter by`, start)
  }
  const found = findAttribute(scope.type, name)
  if (found === undefined) throw scanner.refusal(`no attribute is called ${quote(name)}`, start)
  if (isSchema(found)) throw scanner.refusal('the name of a schema needs ":" and an attribute after it', start)
  if (!(found.sub ?? found.attribute).searchable) throw scanner.refusal(`${formatRef(found)} cannot be filtered by`, start)
  return found
}

function parseComparison(scanner: FilterScanner, ref: AttributeRef): Filter {
  scanner.peek()
  const start = scanner.at
  const word = scanner.name().toLowerCase()
  if (word === 'pr') return { kind: 'present', ref }
  const operator = operators.find((each) => each === word)
  if (operator === undefined)
    throw scanner.refusal(`an operator (${operators.join(', ')} or pr) was expected after ${formatRef(ref)}`, start)
  const target = comparable(ref)
  if (target === undefined) throw scanner.refusal(`${formatRef(ref)} cannot be compared as a whole: name one of its sub-attributes`, start)
  scanner.peek()
  const valueAt = scanner.at
  return { kind: 'compare', ref: target, operator, value: fit(scanner, target, operator, scanner.value(), valueAt) }
}

/** A complex attribute is compared (and sorted) by its `value`: `emails co "x"` is `emails.value co "x"`. Undefined: it has none. */
export function comparable(ref: AttributeRef): AttributeRef | undefined {
  if (leafOf(ref).type !== 'complex') return ref
  const value = ref.attribute.byName.get('value')
  return value === undefined ? undefined : { ...ref, sub: value }
}

/** The attribute whose values a reference yields. */
export function leafOf(ref: AttributeRef): Attribute {
  return ref.sub ?? ref.attribute
}

function fit(scanner: FilterScanner, ref: AttributeRef, operator: Operator, scanned: ScannedValue, at: number): FilterValue {
  const { type } = leafOf(ref)
  const equality = operator === 'eq' || operator === 'ne'
  const ordering = operator === 'gt' || operator === 'ge' || operator === 'lt' || operator === 'le'
  const refuse = (problem: string) => scanner.refusal(problem, at)
  if ((type === 'boolean' && !equality) || (type === 'binary' && ordering) || (type === 'dateTime' && !equality && !ordering)) {
    throw refuse(`${formatRef(ref)} is a ${type}, which "${operator}" cannot compare`)
  }
  if (scanned.kind === 'null') {
    if (!equality) throw refuse(`null can be compared with eq and ne only, not with "${operator}"`)
    return null
  }
  if (type === 'boolean') {
    const value = scanned.kind === 'boolean' ? scanned.value : booleanWord(scanned.text)
    if (value === undefined) throw refuse(`${formatRef(ref)} is compared with true or false`)
    return value
  }
  if (scanned.kind === 'boolean') throw refuse(`${formatRef(ref)} is compared with a text in double quotes`)
  if (type !== 'dateTime') return scanned.text
  const time = parseDateTime(scanned.text)
  if (time === undefined) throw refuse(`${formatRef(ref)} is compared with a time such as "2026-01-31T08:00:00Z"`)
  return new Date(time).toISOString()
}

function booleanWord(text: string): boolean | undefined {
  const word = text.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}

/** Reads an xsd:dateTime into milliseconds; without a zone it is UTC. Undefined: it is none. */
export function parseDateTime(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/i.exec(text)
  if (match === null) return undefined
  const time = Date.parse(`${match[1]}${(match[2] ?? '').slice(0, 4)}${match[3] ?? 'Z'}`.toUpperCase())
  return Number.isNaN(time) ? undefined : time
}

function takeWord(scanner: FilterScanner, word: string): boolean {
  if (scanner.peekName().toLowerCase() !== word) return false
  scanner.name()
  return true
}

/** Writes a filter out, so that `parseFilter` reads the same one again. */
export function formatFilter(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
      return filter.filters.map((each) => (each.kind === 'or' ? `(${formatFilter(each)})` : formatFilter(each))).join(' and ')
    case 'or':
      return filter.filters.map(formatFilter).join(' or ')
    case 'not':
      return `not (${formatFilter(filter.filter)})`
    case 'present':
      return `${formatRef(filter.ref)} pr`
    case 'compare':
      return `${formatRef(filter.ref)} ${filter.operator} ${JSON.stringify(filter.value)}`
    case 'some':
      return `${formatRef(filter.ref)}[${formatFilter(filter.filter)}]`
  }
}

/** For callers that must refuse a filter where one is not allowed, as discovery does (RFC 7644 §4). */
export function filterRefused(): AppError {
  return new AppError('forbidden', 'This endpoint cannot be filtered.')
}
