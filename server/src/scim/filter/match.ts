import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json-value.ts'
import type { Attribute } from '../schemas/attribute.ts'
import type { AttributeRef } from '../schemas/resource-type.ts'
import { type Filter, leafOf, type Operator, parseDateTime } from './filter.ts'

/**
 * Whether a filter holds for a canonical resource, or for one element of a multi-valued attribute (RFC 7644 §3.4.2.2).
 * A comparison with a multi-valued attribute holds if it does for any value. Unassigned is unequal to everything but null.
 */
export function matches(filter: Filter, resource: JsonObject): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((each) => matches(each, resource))
    case 'or':
      return filter.filters.some((each) => matches(each, resource))
    case 'not':
      return !matches(filter.filter, resource)
    case 'present':
      return valuesAt(filter.ref, resource).some(isPresent)
    case 'some':
      return valuesAt(filter.ref, resource).some((element) => isJsonObject(element) && matches(filter.filter, element))
    case 'compare':
      return compares(filter, resource)
  }
}

function compares(filter: Extract<Filter, { kind: 'compare' }>, resource: JsonObject): boolean {
  const { operator, value: wanted } = filter
  const values = valuesAt(filter.ref, resource).filter(isPresent)
  if (wanted === null) return (operator === 'eq') === (values.length === 0)
  if (operator === 'ne' && values.length === 0) return true
  if (typeof wanted === 'boolean') return values.some((value) => (value === wanted) === (operator === 'eq'))
  const leaf = leafOf(filter.ref)
  const right = wantedKey(leaf, operator, wanted)
  return values.some((value) => typeof value === 'string' && holds(operator, comparisonKey(leaf, value), right))
}

/** The form in which texts of this attribute are compared: times as fixed-width UTC, the rest folded unless caseExact. */
export function comparisonKey(attribute: Attribute, text: string): string {
  if (attribute.type === 'dateTime') return new Date(parseDateTime(text) ?? Number.NaN).toISOString()
  if (attribute.caseExact) return text
  return attribute.keyed ? foldAll(text.trim()) : text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** The same for the text that a filter compares with. White space at the ends of a part of a name counts. */
export function wantedKey(attribute: Attribute, operator: Operator, text: string): string {
  const isPart = operator === 'co' || operator === 'sw' || operator === 'ew'
  return isPart && attribute.keyed ? foldAll(text) : comparisonKey(attribute, text)
}

function foldAll(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/** Whether an operator holds between two texts in the form of `comparisonKey`. */
export function holds(operator: Operator, left: string, right: string): boolean {
  switch (operator) {
    case 'eq':
      return left === right
    case 'ne':
      return left !== right
    case 'co':
      return left.includes(right)
    case 'sw':
      return left.startsWith(right)
    case 'ew':
      return left.endsWith(right)
    case 'gt':
      return byCodePoint(left, right) > 0
    case 'ge':
      return byCodePoint(left, right) >= 0
    case 'lt':
      return byCodePoint(left, right) < 0
    case 'le':
      return byCodePoint(left, right) <= 0
  }
}

/** The order of UTF-8 bytes, which both databases use; JavaScript's own differs beyond U+FFFF. */
function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

function valuesAt(ref: AttributeRef, resource: JsonObject): readonly JsonValue[] {
  const holder = ref.extension === undefined ? resource : resource[ref.extension.id]
  const found = isJsonObject(holder) ? elements(holder[ref.attribute.name]) : []
  const { sub } = ref
  return sub === undefined ? found : found.flatMap((element) => (isJsonObject(element) ? elements(element[sub.name]) : []))
}

function elements(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return []
  return isJsonArray(value) ? value : [value]
}

function isPresent(value: JsonValue): boolean {
  if (value === null || value === '') return false
  if (isJsonArray(value)) return value.some(isPresent)
  return isJsonObject(value) ? Object.values(value).some(isPresent) : true
}
