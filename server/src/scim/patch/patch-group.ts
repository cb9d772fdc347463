import { AppError } from '../../errors.ts'
import type { Filter } from '../filter/filter.ts'
import { findPath, type PatchPath, parsePath } from '../filter/path.ts'
import { describe, isArray, isObject } from '../json-value.ts'
import { readText, wrongType } from '../read-value.ts'
import { groupType } from '../schemas/resource-type.ts'
import type { PatchOperation } from './patch-operations.ts'

/** What a PATCH asks of a group, one by one and in its order. */
export type GroupChange =
  | { readonly kind: 'rename'; readonly name: string }
  | { readonly kind: 'externalId'; readonly value: string | null }
  | MemberChange

/** Ids are as the directory sent them, each once. */
interface MemberChange {
  readonly kind: 'add' | 'remove' | 'set'
  readonly userIds: readonly string[]
}

/** A Group as POST and PUT describe it. */
export interface ScimGroup {
  readonly displayName: string
  readonly externalId: string | undefined
  /** Undefined: the body has no `members`. */
  readonly memberIds: readonly string[] | undefined
}

/** Reads the body of POST and PUT /Groups (RFC 7643 §4.2). Throws `invalid_syntax` or `invalid_value`. */
export function readGroup(body: unknown): ScimGroup {
  if (!isObject(body)) throw new AppError('invalid_syntax', `The body must be a JSON object that describes a Group, not ${describe(body)}.`)
  let displayName: string | undefined
  let externalId: string | undefined
  let memberIds: readonly string[] | undefined
  for (const key of Object.keys(body)) {
    const value = body[key]
    switch (groupType.byName.get(key.toLowerCase())?.name) {
      case 'displayName':
        displayName = readName(value)
        break
      case 'externalId':
        externalId = readExternalId(value) ?? undefined
        break
      case 'members':
        memberIds = readMembers(value)
        break
    }
  }
  if (displayName === undefined) throw new AppError('invalid_value', 'displayName is required: a group needs a name.')
  return { displayName, externalId, memberIds }
}

/**
 * Reads a PATCH of a group (RFC 7644 §3.5.2) without looking at the group. `id` is its own, which a value without a path
 * may repeat. Adds (or removals) that follow one another come as one change. An empty list: nothing was asked for.
 */
export function readGroupPatch(operations: readonly PatchOperation[], id: string): GroupChange[] {
  const changes: GroupChange[] = []
  for (const { op, path, value } of operations) {
    const asked = path === undefined ? readObject(op, value, id) : readAt(op, parsePath(groupType, path), value)
    for (const change of asked) append(changes, change)
  }
  return changes
}

function append(changes: GroupChange[], change: GroupChange): void {
  const last = changes.at(-1)
  if (change.kind === 'add' || change.kind === 'remove') {
    if (change.userIds.length === 0) return
    if (last?.kind === change.kind) {
      changes[changes.length - 1] = { kind: change.kind, userIds: distinct([...last.userIds, ...change.userIds]) }
      return
    }
  }
  changes.push(change)
}

function readObject(op: PatchOperation['op'], value: unknown, id: string): GroupChange[] {
  if (!isObject(value)) {
    throw new AppError('invalid_value', `Without a path, "value" must be an object of attributes, not ${describe(value)}.`)
  }
  return Object.keys(value).flatMap((key) => {
    const path = findPath(groupType, key)
    if (path === undefined || isRepeated(path, value[key], id)) return []
    return readAt(op, path, value[key])
  })
}

/** What a client may send back without asking for a change: Okta sends the group's id with every new name. */
function isRepeated(path: PatchPath, value: unknown, id: string): boolean {
  if (path.kind === 'extension') return true
  const { name } = path.attribute
  return name === 'schemas' || name === 'meta' || (name === 'id' && value === id)
}

function readAt(op: PatchOperation['op'], path: PatchPath, value: unknown): GroupChange[] {
  const name = path.kind === 'attribute' ? path.attribute.name : path.extension.id
  if (name === 'members' && path.kind === 'attribute') return [readMemberChange(op, path.filter, path.sub?.name, value)]
  if (name === 'externalId') return [{ kind: 'externalId', value: op === 'remove' ? null : readExternalId(value) }]
  if (name !== 'displayName') throw new AppError('mutability', `${name} is read-only: the directory cannot change it.`)
  if (op === 'remove') throw new AppError('mutability', 'displayName cannot be removed: a group needs a name.')
  return [{ kind: 'rename', name: readName(value) }]
}

function readMemberChange(op: PatchOperation['op'], filter: Filter | undefined, sub: string | undefined, value: unknown): MemberChange {
  if (sub !== undefined) throw new AppError('mutability', `members.${sub} cannot be changed: add or remove members instead.`)
  if (filter !== undefined) {
    const userIds = idsOf(filter)
    if (op !== 'remove') throw new AppError('mutability', 'A member cannot be changed in its place: add or remove members instead.')
    if (userIds === undefined) throw new AppError('invalid_filter', 'Members are selected by their id: members[value eq "…"].')
    return { kind: 'remove', userIds: distinct(userIds) }
  }
  if (op === 'remove')
    return value === undefined || value === null ? { kind: 'set', userIds: [] } : { kind: 'remove', userIds: readMembers(value) }
  return { kind: op === 'add' ? 'add' : 'set', userIds: readMembers(value) }
}

/** The ids of `value eq "U"`, also several joined by `or`; undefined for any other filter. */
function idsOf(filter: Filter): string[] | undefined {
  const ids: string[] = []
  for (const each of filter.kind === 'or' ? filter.filters : [filter]) {
    if (each.kind !== 'compare' || each.operator !== 'eq' || each.ref.attribute.name !== 'value') return undefined
    if (typeof each.value !== 'string') return undefined
    ids.push(each.value)
  }
  return ids
}

/** Members as objects with a `value`, or as bare ids; one alone need not be in an array. */
function readMembers(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  return distinct((isArray(value) ? value : [value]).map(readMember))
}

function readMember(member: unknown): string {
  const sent = isObject(member) ? member : { value: member }
  const type = sent['type'] ?? 'User'
  if (typeof type === 'string' && type.toLowerCase() === 'group') {
    throw new AppError('invalid_value', 'A group cannot be a member of a group here: push the users of the nested group instead.')
  }
  if (typeof type !== 'string' || type.toLowerCase() !== 'user') throw wrongType('members.type', '"User"', type)
  const id = sent['value']
  if (typeof id !== 'string' || id === '') throw wrongType('members.value', 'the id of a user', id)
  return readText('members.value', id)
}

function readName(value: unknown): string {
  const name = readText('displayName', value)
  if (name.trim() === '') throw new AppError('invalid_value', 'displayName must not be empty: a group needs a name.')
  return name
}

function readExternalId(value: unknown): string | null {
  return value === undefined || value === null || value === '' ? null : readText('externalId', value)
}

function distinct(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)]
}
