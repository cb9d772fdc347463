import { AppError } from '../../errors.ts'
import { describe, isJsonObject, isObject, type JsonDraft, type JsonObject } from '../json-value.ts'
import { readAttribute, readBoolean, readText, valuesOf, wrongType } from '../read-value.ts'
import type { Attribute, Schema } from '../schemas/attribute.ts'
import { userType } from '../schemas/resource-type.ts'

/** A User as a directory describes it, in canonical form. What the store keeps in columns stands apart from `rest`. */
export interface ScimUser {
  readonly userName: string
  readonly externalId: string | undefined
  readonly displayName: string | undefined
  /** Undefined: the directory did not say. POST takes that for true; PUT leaves the user as it is. */
  readonly active: boolean | undefined
  /** All other core attributes and the extensions (under their URNs), by canonical name. Never null, never empty. */
  readonly rest: JsonObject
}

/** The attributes of a user that do not live in `rest`. */
export const columnAttributes: ReadonlySet<string> = new Set(['userName', 'externalId', 'displayName', 'active'])

/**
 * Reads the body of POST and PUT /Users (RFC 7644 §3.3 and §3.5.1). What is readOnly, `password`, and what no schema
 * knows is dropped. Throws `invalid_syntax` where it is no object, `invalid_value` for a wrong value or no userName.
 * Whether userName is an e-mail address is not looked at here.
 */
export function readUser(body: unknown): ScimUser {
  if (!isObject(body)) throw new AppError('invalid_syntax', `The body must be a JSON object that describes a User, not ${describe(body)}.`)
  let userName: string | undefined
  let externalId: string | undefined
  let displayName: string | undefined
  let active: boolean | undefined
  const rest: JsonDraft = {}
  for (const key of Object.keys(body)) {
    const value = body[key]
    if (value === null || value === '') continue
    const name = key.toLowerCase()
    const attribute = userType.byName.get(name)
    if (attribute === undefined) {
      const extension = userType.extensions.get(name)
      if (extension !== undefined) readExtension(rest, extension, value)
    } else if (attribute.name === 'userName') userName = readText('userName', value)
    else if (attribute.name === 'externalId') externalId = readText('externalId', value)
    else if (attribute.name === 'displayName') displayName = readText('displayName', value)
    else if (attribute.name === 'active') active = readBoolean('active', value)
    else if (isWritable(attribute)) {
      const read = readAttribute(attribute, value)
      if (read !== undefined) rest[attribute.name] = read
    }
  }
  if (userName === undefined) throw new AppError('invalid_value', 'userName is required: map it to the e-mail address of the user.')
  return { userName, externalId, displayName, active, rest }
}

function readExtension(rest: JsonDraft, extension: Schema, value: unknown): void {
  if (!isObject(value)) throw wrongType(extension.id, 'an object of attributes', value)
  const read: JsonDraft = {}
  let empty = true
  for (const key of Object.keys(value)) {
    const attribute = extension.byName.get(key.toLowerCase())
    if (attribute === undefined || !isWritable(attribute)) continue
    const part = readAttribute(attribute, value[key])
    if (part === undefined) continue
    read[attribute.name] = part
    empty = false
  }
  if (!empty) rest[extension.id] = read
}

/** False for what a client may send but nobody keeps: readOnly attributes, and the password. */
function isWritable(attribute: Attribute): boolean {
  return attribute.mutability === 'readWrite' || attribute.mutability === 'immutable'
}

/** The e-mail address the directory calls the main one: the primary, else that of type work, else the first. */
export function primaryEmail(user: ScimUser): string | undefined {
  const emails = valuesOf(user.rest['emails'])
  const chosen =
    emails.find((email) => email['primary'] === true) ??
    emails.find((email) => typeof email['type'] === 'string' && email['type'].toLowerCase() === 'work') ??
    emails[0]
  const value = chosen?.['value']
  return typeof value === 'string' ? value : undefined
}

/** First and last name, where the directory sent them. */
export function personNames(user: ScimUser): { givenName: string | undefined; familyName: string | undefined } {
  const name = user.rest['name']
  if (!isJsonObject(name)) return { givenName: undefined, familyName: undefined }
  return { givenName: text(name['givenName']), familyName: text(name['familyName']) }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
