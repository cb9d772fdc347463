import type { JsonDraft, JsonObject } from '../json-value.ts'
import type { Attribute, Schema } from './attribute.ts'
import { enterpriseUserSchema } from './enterprise-user.ts'
import { groupSchema } from './group.ts'
import { userSchema } from './user.ts'

/** What the server promises in ServiceProviderConfig. */
export interface ScimLimits {
  /** The page size where the client asks for none. */
  readonly defaultCount: number
  readonly maxCount: number
  readonly maxBulkOperations: number
  /** The most bytes a bulk request may have. */
  readonly maxBulkBytes: number
  /** How long a cursor can be used, in milliseconds. */
  readonly cursorLifetime: number
}

const SCHEMA_URN = 'urn:ietf:params:scim:schemas:core:2.0:Schema'
const RESOURCE_TYPE_URN = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType'
const CONFIG_URN = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'

/** Every schema in the form of `/Schemas` (RFC 7643 §7). `base` is the base URL of the method, without a slash at its end. */
export function schemaResources(base: string): JsonObject[] {
  return [userSchema, enterpriseUserSchema, groupSchema].map((each) => schemaResource(each, base))
}

function schemaResource(schema: Schema, base: string): JsonObject {
  return {
    schemas: [SCHEMA_URN],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: schema.attributes.map(attributeResource),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
  }
}

function attributeResource(attribute: Attribute): JsonObject {
  const shown: JsonDraft = {
    name: attribute.name,
    type: attribute.type,
    multiValued: attribute.multiValued,
    description: attribute.description,
    required: attribute.required,
    mutability: attribute.mutability,
    returned: attribute.returned,
  }
  if (attribute.type !== 'boolean' && attribute.type !== 'complex') shown['caseExact'] = attribute.caseExact
  if (attribute.type !== 'boolean') shown['uniqueness'] = attribute.uniqueness
  if (attribute.canonicalValues.length > 0) shown['canonicalValues'] = attribute.canonicalValues
  if (attribute.referenceTypes.length > 0) shown['referenceTypes'] = attribute.referenceTypes
  if (attribute.subAttributes.length > 0) shown['subAttributes'] = attribute.subAttributes.map(attributeResource)
  return shown
}

/** Both resource types in the form of `/ResourceTypes` (RFC 7643 §6). */
export function resourceTypeResources(base: string): JsonObject[] {
  const extensions = [{ schema: enterpriseUserSchema.id, required: false }]
  return [resourceType(userSchema, '/Users', base, extensions), resourceType(groupSchema, '/Groups', base, [])]
}

function resourceType(schema: Schema, endpoint: string, base: string, schemaExtensions: JsonObject[]): JsonObject {
  return {
    schemas: [RESOURCE_TYPE_URN],
    id: schema.name,
    name: schema.name,
    description: schema.description,
    endpoint,
    schema: schema.id,
    schemaExtensions,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${schema.name}` },
  }
}

/** ServiceProviderConfig (RFC 7643 §5), with the pagination of RFC 9865 §4. */
export function serviceProviderConfig(base: string, limits: ScimLimits): JsonObject {
  return {
    schemas: [CONFIG_URN],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: limits.maxBulkOperations, maxPayloadSize: limits.maxBulkBytes },
    filter: { supported: true, maxResults: limits.maxCount },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: limits.defaultCount,
      maxPageSize: limits.maxCount,
      cursorTimeout: Math.floor(limits.cursorLifetime / 1000),
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Provisioning token',
        description: 'The token of the provisioning method, in the Authorization header, after the word Bearer.',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  }
}
