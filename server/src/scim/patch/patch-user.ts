import { AppError } from '../../errors.ts'
import { findPath, type PatchPath, parsePath } from '../filter/path.ts'
import { describe, isJsonObject, isObject, type JsonDraft, type JsonObject, type JsonValue, sameJson } from '../json-value.ts'
import { complexSent, hasSubstance, readAttribute, readBoolean, readSub, valuesOf, wrongType } from '../read-value.ts'
import type { Attribute } from '../schemas/attribute.ts'
import { formatRef, userType } from '../schemas/resource-type.ts'
import { columnAttributes, type ScimUser } from '../users/user-resource.ts'
import type { PatchOperation } from './patch-operations.ts'
import { patchValues } from './patch-values.ts'

type AttributePath = Extract<PatchPath, { kind: 'attribute' }>

/**
 * Applies a PATCH to a user (RFC 7644 §3.5.2). The user that was given stays as it is; `changed` is false where the
 * result says the same. `id` is the user's own, which a value without a path may repeat. Throws what §3.5.2 names:
 * `invalid_path`, `invalid_filter`, `invalid_value`, `no_target`, `mutability`.
 */
export function patchUser(user: ScimUser, operations: readonly PatchOperation[], id: string): { user: ScimUser; changed: boolean } {
  const before = flatten(user)
  const draft: JsonDraft = { ...before }
  for (const { op, path, value } of operations) {
    if (path === undefined) applyObject(draft, op, value, id)
    else applyAt(draft, op, parsePath(userType, path), value)
  }
  dropEmptyValues(draft, before)
  return sameJson(before, draft) ? { user, changed: false } : { user: unflatten(draft), changed: true }
}

/** A value without a path: each key is a path of its own, dotted or with a URN as Entra ID sends it. */
function applyObject(draft: JsonDraft, op: PatchOperation['op'], value: unknown, id: string): void {
  if (!isObject(value)) {
    throw new AppError('invalid_value', `Without a path, "value" must be an object of attributes, not ${describe(value)}.`)
  }
  for (const key of Object.keys(value)) {
    const path = findPath(userType, key)
    if (path === undefined || isRepeated(path, value[key], id)) continue
    applyAt(draft, op, path, value[key])
  }
}

/** What a client may send back without asking for a change: the user's own id, and what the server made up. */
function isRepeated(path: PatchPath, value: unknown, id: string): boolean {
  if (path.kind === 'extension') return value === null
  const { name } = path.attribute
  if (name === 'id') return value === id
  if (name === 'groups') return value === null || (Array.isArray(value) && value.length === 0)
  return name === 'schemas' || name === 'meta'
}

function applyAt(draft: JsonDraft, op: PatchOperation['op'], path: PatchPath, value: unknown): void {
  if (path.kind === 'extension') {
    applyExtension(draft, op, path.extension.id, value)
    return
  }
  const { attribute, sub } = path
  checkMutability(path, op)
  if (attribute.mutability === 'writeOnly') return
  const current = holderOf(draft, path)?.[attribute.name]
  if (attribute.multiValued) {
    const values = patchValues(attribute, valuesOf(current), { op, filter: path.filter, sub, value })
    put(draft, path, values.length === 0 ? undefined : values)
  } else if (sub !== undefined) {
    put(draft, path, withSub(attribute, asObject(current), sub, op === 'remove' ? undefined : readSub(attribute, sub, value)))
  } else if (op === 'remove') put(draft, path, undefined)
  else if (attribute.type === 'complex') put(draft, path, mergeComplex(attribute, asObject(current), value))
  else put(draft, path, readSimple(path, value))
}

function applyExtension(draft: JsonDraft, op: PatchOperation['op'], urn: string, value: unknown): void {
  if (op === 'remove') {
    delete draft[urn]
    return
  }
  if (!isObject(value)) throw wrongType(urn, 'an object of attributes', value)
  for (const key of Object.keys(value)) {
    const path = findPath(userType, `${urn}:${key}`)
    if (path !== undefined) applyAt(draft, op, path, value[key])
  }
}

/** Required attributes cannot be removed, and neither can `active`: no answer to "is this user locked" would be left. */
function checkMutability({ attribute, sub, ...path }: AttributePath, op: PatchOperation['op']): void {
  const name = formatRef({ extension: path.extension, attribute, sub })
  if (attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly') {
    throw new AppError('mutability', `${name} is read-only: the directory cannot change it.`)
  }
  if (op === 'remove' && (attribute.required || attribute.name === 'active')) {
    throw new AppError('mutability', `${name} cannot be removed; it can be replaced.`)
  }
}

function readSimple(path: AttributePath, value: unknown): JsonValue | undefined {
  const { attribute } = path
  const read = readAttribute(attribute, value)
  if (read === undefined && attribute.type === 'boolean') return readBoolean(attribute.name, value)
  if (read === undefined && attribute.required) throw new AppError('invalid_value', `${attribute.name} is required and cannot be empty.`)
  return read
}

/** Sub-attributes that are not sent stay (RFC 7644 §3.5.2.3); null and `""` remove one, or the whole attribute. */
function mergeComplex(attribute: Attribute, current: JsonObject | undefined, value: unknown): JsonObject | undefined {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return undefined
  const sent = complexSent(attribute, value)
  let merged = current
  const keys = Object.keys(sent).sort((a, b) => Number(b.toLowerCase() === 'value') - Number(a.toLowerCase() === 'value'))
  for (const key of keys) {
    const sub = attribute.byName.get(key.toLowerCase())
    if (sub === undefined || sub.mutability === 'readOnly') continue
    merged = withSub(attribute, merged, sub, readSub(attribute, sub, sent[key]))
  }
  return merged
}

/** Another `value` is another manager: what was said of the old one goes. */
function withSub(
  attribute: Attribute,
  current: JsonObject | undefined,
  sub: Attribute,
  value: JsonValue | undefined,
): JsonObject | undefined {
  const stale = sub.name === 'value' && attribute.byName.has('$ref') && current?.['value'] !== value
  const changed: JsonDraft = stale ? {} : { ...current }
  if (value === undefined) delete changed[sub.name]
  else changed[sub.name] = value
  return Object.keys(changed).length === 0 ? undefined : changed
}

function holderOf(draft: JsonDraft, path: AttributePath): JsonObject | undefined {
  return path.extension === undefined ? draft : asObject(draft[path.extension.id])
}

function put(draft: JsonDraft, { extension, attribute }: AttributePath, value: JsonValue | undefined): void {
  const changed: JsonDraft = extension === undefined ? draft : { ...asObject(draft[extension.id]) }
  if (value === undefined) delete changed[attribute.name]
  else changed[attribute.name] = value
  if (extension === undefined) return
  if (Object.keys(changed).length === 0) delete draft[extension.id]
  else draft[extension.id] = changed
}

/** After the last operation, so that one may name the type of a value and the next one the value. */
function dropEmptyValues(draft: JsonDraft, before: JsonObject): void {
  for (const name of Object.keys(draft)) {
    const attribute = userType.byName.get(name.toLowerCase())
    if (attribute === undefined || !attribute.multiValued || draft[name] === before[name]) continue
    const values = valuesOf(draft[name]).filter((element) => hasSubstance(attribute, element))
    if (values.length === 0) delete draft[name]
    else draft[name] = values
  }
}

function flatten({ userName, externalId, displayName, active, rest }: ScimUser): JsonObject {
  const flat: JsonDraft = { ...rest, userName }
  if (externalId !== undefined) flat['externalId'] = externalId
  if (displayName !== undefined) flat['displayName'] = displayName
  if (active !== undefined) flat['active'] = active
  return flat
}

function unflatten(flat: JsonObject): ScimUser {
  const { userName, externalId, displayName, active } = flat
  if (typeof userName !== 'string') throw new TypeError('a PATCH left a user without userName')
  return {
    userName,
    externalId: typeof externalId === 'string' ? externalId : undefined,
    displayName: typeof displayName === 'string' ? displayName : undefined,
    active: typeof active === 'boolean' ? active : undefined,
    rest: Object.fromEntries(Object.entries(flat).filter(([name]) => !columnAttributes.has(name))),
  }
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}
