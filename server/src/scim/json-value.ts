/** What `JSON.parse` can return. Stored resources are `JsonObject`s whose keys are canonical attribute names. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** A JSON object under construction. */
export type JsonDraft = Record<string, JsonValue>

/** True for `{…}`; false for null, arrays and everything else. Own keys only may be read: `__proto__` is data here. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The elements of an array whose contents are not known yet. */
export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return isObject(value)
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** Equality of JSON values: the order of keys does not count, the order of elements does. */
export function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true
  if (isJsonArray(a)) return isJsonArray(b) && a.length === b.length && a.every((element, index) => sameJson(element, b[index]))
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
}

/** How an error message calls what a client sent, without repeating more of it than helps. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return `the string ${quote(value)}`
  return `the ${typeof value} ${String(value)}`
}

/** A client's text inside a message: shortened, with control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
