import type { Attribute, AttributeMap, Schema } from './attribute.ts'
import { commonAttributes } from './common.ts'
import { ENTERPRISE_USER_URN, enterpriseUserSchema } from './enterprise-user.ts'
import { GROUP_URN, groupSchema } from './group.ts'
import { USER_URN, userSchema } from './user.ts'

/** A kind of resource (RFC 7643 §6), with its names looked up beforehand. */
export interface ResourceType {
  readonly name: 'User' | 'Group' | 'Resource'
  /** The core schemas' and the common attributes, by lower-cased name. */
  readonly byName: AttributeMap
  /** Core schemas by lower-cased URN, that of SCIM 1.0 included (OneLogin sends it). */
  readonly coreUrns: ReadonlySet<string>
  /** Extensions by lower-cased URN, that of SCIM 1.0 included. */
  readonly extensions: ReadonlyMap<string, Schema>
}

const enterpriseExtensions: ReadonlyMap<string, Schema> = new Map([
  [ENTERPRISE_USER_URN.toLowerCase(), enterpriseUserSchema],
  ['urn:scim:schemas:extension:enterprise:1.0', enterpriseUserSchema],
])

/** An attribute, and the schema extension that it is nested under; without one it is at the top of the resource. */
export interface AttributeRef {
  readonly extension: Schema | undefined
  readonly attribute: Attribute
  readonly sub: Attribute | undefined
}

export const userType: ResourceType = {
  name: 'User',
  byName: new Map([...named(commonAttributes), ...userSchema.byName]),
  coreUrns: new Set([USER_URN.toLowerCase(), 'urn:scim:schemas:core:1.0']),
  extensions: enterpriseExtensions,
}

export const groupType: ResourceType = {
  name: 'Group',
  byName: new Map([...named(commonAttributes), ...groupSchema.byName]),
  coreUrns: new Set([GROUP_URN.toLowerCase(), 'urn:scim:schemas:core:1.0']),
  extensions: new Map(),
}

/** What a search at the root (RFC 7644 §3.4.2.1) can name: users and groups together. */
export const anyType: ResourceType = {
  name: 'Resource',
  byName: new Map([...groupType.byName, ...userType.byName]),
  coreUrns: new Set([...userType.coreUrns, ...groupType.coreUrns]),
  extensions: enterpriseExtensions,
}

/**
 * Finds `attr`, `attr.sub`, `urn:…:attr` or `urn:…:attr.sub` (RFC 7644 §3.10), whatever its case.
 * A bare extension URN gives the schema itself. Undefined: nothing has that name.
 */
export function findAttribute(type: ResourceType, text: string): AttributeRef | Schema | undefined {
  const name = text.toLowerCase()
  if (!name.includes(':')) return findIn(type.byName, name, undefined)
  const extension = type.extensions.get(name)
  if (extension !== undefined) return extension
  for (const urn of type.coreUrns) {
    if (name.startsWith(`${urn}:`)) return findIn(type.byName, name.slice(urn.length + 1), undefined)
  }
  for (const [urn, schema] of type.extensions) {
    if (name.startsWith(`${urn}:`)) return findIn(schema.byName, name.slice(urn.length + 1), schema)
  }
  return undefined
}

/** Finds `attr` or `attr.sub` among these attributes; `name` is in lower case. */
function findIn(byName: AttributeMap, name: string, extension: Schema | undefined): AttributeRef | undefined {
  const dot = name.indexOf('.')
  const attribute = byName.get(dot === -1 ? name : name.slice(0, dot))
  if (attribute === undefined) return undefined
  if (dot === -1) return { extension, attribute, sub: undefined }
  const sub = attribute.byName.get(name.slice(dot + 1))
  return sub === undefined ? undefined : { extension, attribute, sub }
}

export function isSchema(found: AttributeRef | Schema): found is Schema {
  return 'attributes' in found
}

/** The way a reference is written out: `name.givenName`, or with the URN of its extension before it. */
export function formatRef(ref: AttributeRef): string {
  const name = ref.sub === undefined ? ref.attribute.name : `${ref.attribute.name}.${ref.sub.name}`
  return ref.extension === undefined ? name : `${ref.extension.id}:${name}`
}

function named(attributes: readonly Attribute[]): [string, Attribute][] {
  return attributes.map((attribute) => [attribute.name.toLowerCase(), attribute])
}
