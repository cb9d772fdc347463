import { AppError } from '../../errors.ts'
import { type Filter, formatFilter } from '../filter/filter.ts'
import { matches } from '../filter/match.ts'
import { isArray, type JsonDraft, type JsonObject, type JsonValue, sameJson } from '../json-value.ts'
import { checkCount, complexSent, isPrimary, readComplex, readSub, readValues, withOnePrimary } from '../read-value.ts'
import type { Attribute } from '../schemas/attribute.ts'
import type { PatchOperation } from './patch-operations.ts'

type Values = readonly JsonObject[]

/** What one operation does to the values of a multi-valued attribute. */
export interface ValueChange {
  readonly op: PatchOperation['op']
  readonly filter: Filter | undefined
  readonly sub: Attribute | undefined
  readonly value: unknown
}

/** Applies an operation to a multi-valued attribute (RFC 7644 §3.5.2.1 to §3.5.2.3). Throws `no_target`, `invalid_value`. */
export function patchValues(attribute: Attribute, current: Values, change: ValueChange): Values {
  const changed = change.op === 'remove' ? removeValues(attribute, current, change) : setValues(attribute, current, change)
  checkCount(attribute, changed.length)
  return changed
}

function removeValues(attribute: Attribute, current: Values, { filter, sub, value }: ValueChange): Values {
  const hit = (element: JsonObject) => filter === undefined || matches(filter, element)
  if (sub !== undefined) return current.map((element) => (hit(element) ? without(element, sub) : element))
  if (filter !== undefined || value === undefined || value === null) return current.filter((element) => !hit(element))
  const listed = readValues(attribute, value)
  return current.filter((element) => !listed.some((each) => names(attribute, each, element)))
}

function setValues(attribute: Attribute, current: Values, change: ValueChange): Values {
  const { op, filter, sub, value } = change
  if (sub !== undefined) return setSubs(attribute, current, filter, sub, value)
  if (filter !== undefined) return setElements(attribute, current, filter, change)
  const sent = readValues(attribute, value)
  return op === 'replace' ? sent : merged(attribute, current, sent)
}

function setSubs(attribute: Attribute, current: Values, filter: Filter | undefined, sub: Attribute, value: unknown): Values {
  const read = readSub(attribute, sub, value)
  const hits = current.map((element) => filter === undefined || matches(filter, element))
  if (!hits.includes(true)) {
    const fresh = filter === undefined ? {} : selected(attribute, filter)
    return read === undefined ? current : append(current, { ...fresh, [sub.name]: read })
  }
  const changed = current.map((element, index) => {
    if (!hits[index]) return element
    return read === undefined ? without(element, sub) : { ...element, [sub.name]: read }
  })
  return sub.name === 'primary' && read === true ? withOnePrimary(changed, hits.indexOf(true)) : changed
}

function setElements(attribute: Attribute, current: Values, filter: Filter, { op, value }: ValueChange): Values {
  const hits = current.map((element) => matches(filter, element))
  const sent = isArray(value) && value.length === 1 ? value[0] : value
  if (sent === null || sent === '') return current.filter((_, index) => !hits[index])
  const read = readComplex(attribute, complexSent(attribute, sent)) ?? {}
  if (!hits.includes(true)) return merged(attribute, current, [{ ...selected(attribute, filter), ...read }])
  const kept = op === 'replace' ? (pinned(filter) ?? {}) : undefined
  const changed = current.map((element, index) => (hits[index] ? { ...(kept ?? element), ...read } : element))
  return isPrimary(read) ? withOnePrimary(changed, hits.indexOf(true)) : changed
}

/** Adds values; one that is there already, by value and type, takes the new sub-attributes instead. */
function merged(attribute: Attribute, current: Values, added: Values): Values {
  return added.reduce((values, each) => {
    const index = values.findIndex((element) => names(attribute, each, element))
    if (index === -1) return append(values, each)
    const changed = values.map((element, at) => (at === index ? { ...element, ...each } : element))
    return isPrimary(each) ? withOnePrimary(changed, index) : changed
  }, current)
}

function append(values: Values, element: JsonObject): Values {
  const longer = [...values, element]
  return isPrimary(element) ? withOnePrimary(longer, values.length) : longer
}

/** Whether what a client sent stands for this element: the same value, and the same type where it names one. */
function names(attribute: Attribute, sent: JsonObject, element: JsonObject): boolean {
  const keys = attribute.byName.has('value') ? ['value', 'type'] : Object.keys(sent).filter((key) => key !== 'primary')
  return keys.every((key) => {
    if (key === 'type' && sent[key] === undefined) return true
    const sub = attribute.byName.get(key.toLowerCase())
    return sub !== undefined && sameValue(sub, sent[key], element[key])
  })
}

function sameValue(sub: Attribute, a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (typeof a === 'string' && typeof b === 'string' && !sub.caseExact) return a.toLowerCase() === b.toLowerCase()
  return sameJson(a, b)
}

/**
 * The element that a filter describes, to be made where there is none: Entra ID replaces `emails[type eq "work"].value`
 * of users who have no work address. Only for canonical types and `primary eq true`; anything else is `no_target`.
 */
function selected(attribute: Attribute, filter: Filter): JsonObject {
  const element = pinned(filter)
  const types = attribute.byName.get('type')?.canonicalValues ?? []
  const type = element?.['type']
  const known = typeof type === 'string' && types.includes(type.toLowerCase())
  if (element !== undefined && (known || (type === undefined && isPrimary(element)))) return element
  throw new AppError('no_target', `No value of ${attribute.name} matches [${formatFilter(filter)}].`)
}

/** The sub-attributes that a conjunction of equalities fixes; undefined for any other filter. */
function pinned(filter: Filter): JsonObject | undefined {
  const element: JsonDraft = {}
  for (const each of filter.kind === 'and' ? filter.filters : [filter]) {
    if (each.kind !== 'compare' || each.operator !== 'eq' || each.value === null) return undefined
    element[each.ref.attribute.name] = each.value
  }
  return element
}

function without(element: JsonObject, sub: Attribute): JsonObject {
  const { [sub.name]: _, ...rest } = element
  return rest
}
