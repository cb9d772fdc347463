import { expect, test } from 'vitest'
import { resourceTypeResources, schemaResources, serviceProviderConfig } from './discovery.ts'

const base = 'https://vault.example/scim/v2/n1'
const limits = { defaultCount: 200, maxCount: 1_000, maxBulkOperations: 500, maxBulkBytes: 1_048_576, cursorLifetime: 600_000 }

test('a directory learns what the server can do', () => {
  expect(serviceProviderConfig(base, limits)).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: 500, maxPayloadSize: 1_048_576 },
    filter: { supported: true, maxResults: 1_000 },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: 200,
      maxPageSize: 1_000,
      cursorTimeout: 600,
    },
    authenticationSchemes: [{ type: 'oauthbearertoken' }],
    meta: { location: `${base}/ServiceProviderConfig` },
  })
})

test('a directory learns of users, their extension, and groups', () => {
  expect(resourceTypeResources(base)).toMatchObject([
    {
      id: 'User',
      endpoint: '/Users',
      schemaExtensions: [{ schema: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', required: false }],
    },
    { id: 'Group', endpoint: '/Groups', schemaExtensions: [], meta: { location: `${base}/ResourceTypes/Group` } },
  ])
})

test('the schemas say what RFC 7643 says of the attributes that matter most', () => {
  const [user, enterprise, group] = schemaResources(base)
  expect(user).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    meta: { location: `${base}/Schemas/urn:ietf:params:scim:schemas:core:2.0:User` },
    attributes: expect.arrayContaining([
      expect.objectContaining({
        name: 'userName',
        type: 'string',
        required: true,
        caseExact: false,
        uniqueness: 'server',
        returned: 'default',
      }),
      expect.objectContaining({ name: 'password', mutability: 'writeOnly', returned: 'never' }),
      expect.objectContaining({ name: 'groups', multiValued: true, mutability: 'readOnly' }),
      expect.objectContaining({
        name: 'emails',
        type: 'complex',
        subAttributes: expect.arrayContaining([
          expect.objectContaining({ name: 'type', canonicalValues: ['work', 'home', 'other'] }),
          {
            name: 'primary',
            type: 'boolean',
            multiValued: false,
            required: false,
            mutability: 'readWrite',
            returned: 'default',
            description: expect.any(String),
          },
        ]),
      }),
    ]),
  })
  expect(enterprise).toMatchObject({ id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', attributes: { length: 6 } })
  expect(group).toMatchObject({
    attributes: [
      { name: 'displayName', required: true },
      {
        name: 'members',
        subAttributes: [{ name: 'value', mutability: 'immutable' }, { name: '$ref' }, { name: 'type' }, { name: 'display' }],
      },
    ],
  })
})
