import { AppError } from '../../errors.ts'
import { isJsonArray, isJsonObject, type JsonDraft, type JsonObject, type JsonValue } from '../json-value.ts'
import { findAttribute, isSchema, type ResourceType } from '../schemas/resource-type.ts'

/** Which attributes a response shows (RFC 7644 §3.9). Without one, all. */
export interface Projection {
  readonly mode: 'only' | 'except'
  readonly selection: Selection
}

/** Canonical names, from the top of the resource down. Undefined: the attribute with all that is in it. */
type Selection = ReadonlyMap<string, Selection | undefined>
type SelectionDraft = Map<string, SelectionDraft | undefined>

/** `returned: always` (RFC 7643 §3.1 and §3). */
const always: ReadonlySet<string> = new Set(['id', 'schemas'])

/**
 * Reads `attributes` and `excludedAttributes`, each a list of names. Names that no schema knows select nothing.
 * Undefined: show everything. Throws `invalid_value` where both are given.
 */
export function readProjection(
  type: ResourceType,
  attributes: readonly string[] | undefined,
  excluded: readonly string[] | undefined,
): Projection | undefined {
  if (attributes !== undefined && excluded !== undefined) {
    throw new AppError('invalid_value', 'Give either "attributes" or "excludedAttributes", not both.')
  }
  if (attributes !== undefined) return { mode: 'only', selection: select(type, attributes) }
  return excluded === undefined ? undefined : { mode: 'except', selection: select(type, excluded) }
}

/** Splits `userName, name.givenName` into its names; undefined where there is none. */
export function splitNames(list: string | undefined): string[] | undefined {
  const names = (list ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
  return names.length === 0 ? undefined : names
}

function select(type: ResourceType, names: readonly string[]): Selection {
  const selection: SelectionDraft = new Map()
  for (const name of names) {
    const found = findAttribute(type, name)
    if (found === undefined) continue
    if (isSchema(found)) selection.set(found.id, undefined)
    else {
      const path = [found.extension?.id, found.attribute.name, found.sub?.name]
      insert(
        selection,
        path.filter((part) => part !== undefined),
      )
    }
  }
  return selection
}

function insert(selection: SelectionDraft, [name, ...rest]: readonly string[]): void {
  if (name === undefined) return
  const below = selection.get(name)
  if (rest.length === 0 || (below === undefined && selection.has(name))) {
    selection.set(name, undefined)
    return
  }
  const next: SelectionDraft = below ?? new Map()
  insert(next, rest)
  selection.set(name, next)
}

/** Whether an attribute at the top of the resource can appear, so that what it costs need not be read from the store. */
export function wants(projection: Projection | undefined, name: string): boolean {
  if (projection === undefined || always.has(name)) return true
  const { mode, selection } = projection
  return mode === 'only' ? selection.has(name) : !selection.has(name) || selection.get(name) !== undefined
}

/** The resource as the client asked to see it. `id` and `schemas` always stay. */
export function project(resource: JsonObject, projection: Projection | undefined): JsonObject {
  if (projection === undefined) return resource
  const { mode, selection } = projection
  const shown: JsonDraft = {}
  for (const [name, value] of Object.entries(resource)) {
    const kept = always.has(name) ? value : mode === 'only' ? pick(value, name, selection) : omit(value, name, selection)
    if (kept !== undefined) shown[name] = kept
  }
  return shown
}

function pick(value: JsonValue, name: string, selection: Selection): JsonValue | undefined {
  if (!selection.has(name)) return undefined
  const below = selection.get(name)
  return below === undefined ? value : within(value, (inner, key) => pick(inner, key, below))
}

function omit(value: JsonValue, name: string, selection: Selection): JsonValue | undefined {
  if (!selection.has(name)) return value
  const below = selection.get(name)
  return below === undefined ? undefined : within(value, (inner, key) => omit(inner, key, below))
}

/** Keeps part of a complex value, or of each element; what nothing is left of goes. */
function within(value: JsonValue, keep: (value: JsonValue, key: string) => JsonValue | undefined): JsonValue | undefined {
  if (isJsonArray(value)) {
    const left = value.flatMap((element) => within(element, keep) ?? [])
    return left.length === 0 ? undefined : left
  }
  if (!isJsonObject(value)) return value
  const left = Object.entries(value).flatMap(([key, inner]) => {
    const kept = keep(inner, key)
    return kept === undefined ? [] : [[key, kept] as const]
  })
  return left.length === 0 ? undefined : Object.fromEntries(left)
}
