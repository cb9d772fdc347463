import { AppError } from '../errors.ts'
import { describe, isArray, isJsonObject, isObject, type JsonDraft, type JsonObject, type JsonValue } from './json-value.ts'
import type { Attribute } from './schemas/attribute.ts'

/** The most UTF-16 code units that a text may have; certificates may have more. */
export const MAX_TEXT = 4_096
export const MAX_BINARY = 32_768
/** The most values that one multi-valued attribute may have. */
export const MAX_VALUES = 100

/**
 * Reads what a client sent for an attribute into its canonical form. Undefined: unassigned, which null, `""` and
 * `[]` mean too (RFC 7643 §2.5). Throws `invalid_value` where the type is wrong or a bound is passed.
 */
export function readAttribute(attribute: Attribute, value: unknown): JsonValue | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (!attribute.multiValued) return readSingle(attribute, value, undefined)
  const values = readValues(attribute, value)
  return values.length === 0 ? undefined : values
}

/** Reads the values of a multi-valued attribute; one value need not be in an array. At most one stays primary. */
export function readValues(attribute: Attribute, value: unknown): JsonObject[] {
  if (value === undefined || value === null || value === '') return []
  const sent = isArray(value) ? value : [value]
  checkCount(attribute, sent.length)
  const values: JsonObject[] = []
  for (const each of sent) {
    const element = each === null || each === '' ? undefined : readComplex(attribute, each)
    if (element !== undefined && hasSubstance(attribute, element)) values.push(element)
  }
  const first = values.findIndex(isPrimary)
  return first === -1 ? values : withOnePrimary(values, first)
}

/** Reads an object of sub-attributes. A bare text stands for `{"value": text}`: managers and roles come so. */
export function readComplex(attribute: Attribute, value: unknown): JsonObject | undefined {
  const sent = complexSent(attribute, value)
  const element: JsonDraft = {}
  let empty = true
  for (const key of Object.keys(sent)) {
    const sub = attribute.byName.get(key.toLowerCase())
    if (sub === undefined || sub.mutability === 'readOnly') continue
    const read = readSub(attribute, sub, sent[key])
    if (read === undefined) continue
    element[sub.name] = read
    empty = false
  }
  return empty ? undefined : element
}

/** The sub-attributes as they were sent, nulls included, so that a PATCH can tell "remove" from "leave". */
export function complexSent(attribute: Attribute, value: unknown): { readonly [key: string]: unknown } {
  const sent = onlyValue(attribute, value)
  if (isObject(sent)) return sent
  if (typeof sent === 'string' && attribute.byName.has('value')) return { value: sent }
  throw wrongType(attribute.name, 'an object of sub-attributes', sent)
}

/** Reads one sub-attribute; undefined: unassigned. */
export function readSub(attribute: Attribute, sub: Attribute, value: unknown): JsonValue | undefined {
  return value === undefined || value === null || value === '' ? undefined : readSingle(sub, value, attribute)
}

/** Refuses more values than one attribute may have. */
export function checkCount(attribute: Attribute, count: number): void {
  if (count <= MAX_VALUES) return
  throw new AppError('invalid_value', `${attribute.name} may have at most ${MAX_VALUES} values, but ${count} were sent.`)
}

/** Refuses text that is too long, or that PostgreSQL and JSON cannot keep: U+0000 and halves of surrogate pairs. */
export function readText(name: string, value: unknown, longest = MAX_TEXT): string {
  if (typeof value !== 'string') throw wrongType(name, 'a string', value)
  if (value.length > longest) {
    throw new AppError('invalid_value', `${name} may have at most ${longest} characters, but ${value.length} were sent.`)
  }
  if (value.includes('\0') || !value.isWellFormed()) {
    throw new AppError('invalid_value', `${name} holds a character that cannot be stored (U+0000 or half of a surrogate pair).`)
  }
  return value
}

/** Reads true and false, and the words for them that Entra ID sends. */
export function readBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' && value.length <= 5 ? value.toLowerCase() : undefined
  if (word === 'true') return true
  if (word === 'false') return false
  throw wrongType(name, 'true or false', value)
}

export function wrongType(name: string, wanted: string, sent: unknown): AppError {
  return new AppError('invalid_value', `${name} must be ${wanted}, but the directory sent ${describe(sent)}.`)
}

export function isPrimary(element: JsonObject): boolean {
  return element['primary'] === true
}

/** Leaves `primary` with the value at `keep` alone (RFC 7643 §2.4: true at most once). */
export function withOnePrimary(values: readonly JsonObject[], keep: number): JsonObject[] {
  return values.map((each, index) => (index !== keep && isPrimary(each) ? { ...each, primary: false } : each))
}

/** A value with a type but without a value says nothing: such elements are dropped. */
export function hasSubstance(attribute: Attribute, element: JsonObject): boolean {
  if (attribute.byName.has('value')) return element['value'] !== undefined
  return Object.keys(element).some((key) => key !== 'type' && key !== 'primary')
}

/** The values that a canonical multi-valued attribute has now. */
export function valuesOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

function readSingle(attribute: Attribute, value: unknown, parent: Attribute | undefined): JsonValue | undefined {
  if (attribute.type === 'complex') return readComplex(attribute, value)
  const sent = onlyValue(attribute, value)
  if (sent === null || sent === '') return undefined
  const name = parent === undefined ? attribute.name : `${parent.name}.${attribute.name}`
  if (attribute.type === 'boolean') return readBoolean(name, sent)
  return readText(name, sent, attribute.type === 'binary' ? MAX_BINARY : MAX_TEXT)
}

/** Entra ID's older form of a single value: `[{"$ref": null, "value": "x"}]`. */
function onlyValue(attribute: Attribute, value: unknown): unknown {
  if (!isArray(value) || value.length !== 1) return value
  const only = value[0]
  if (!isObject(only) || !Object.hasOwn(only, 'value')) return value
  return attribute.type === 'complex' ? only : only['value']
}
