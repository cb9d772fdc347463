import { expect, test } from 'vitest'
import { presentGroup, presentUser } from './present.ts'

const base = 'https://vault.example/scim/v2/n1'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const times = { createdAt: 1_700_000_000_000, updatedAt: 1_700_000_001_500, version: 3 }

test('a directory sees of a user what it sent, and what the server adds', () => {
  const user = { id: 'u1', userName: 'Ada@example.com', externalId: '00u1', displayName: 'Ada', active: true, ...times }
  expect(presentUser({ ...user, rest: { title: 'Countess' }, groups: [{ id: 'g1', name: 'Ops' }] }, base)).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    id: 'u1',
    externalId: '00u1',
    userName: 'Ada@example.com',
    displayName: 'Ada',
    active: true,
    title: 'Countess',
    groups: [{ value: 'g1', $ref: `${base}/Groups/g1`, display: 'Ops', type: 'direct' }],
    meta: {
      resourceType: 'User',
      created: '2023-11-14T22:13:20.000Z',
      lastModified: '2023-11-14T22:13:21.500Z',
      location: `${base}/Users/u1`,
      version: 'W/"3"',
    },
  })
})

test('what is unassigned is left out, and the extension is announced only where it holds something', () => {
  const user = { id: 'u1', userName: 'a', externalId: null, displayName: null, active: false, groups: [], ...times }
  const bare = presentUser({ ...user, rest: {} }, base)
  expect(Object.keys(bare).sort()).toEqual(['active', 'id', 'meta', 'schemas', 'userName'])
  expect(presentUser({ ...user, rest: { [enterprise]: { department: 'd' } } }, base)).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
    [enterprise]: { department: 'd' },
  })
})

test('an empty group shows an empty list of members, and none at all where they are not wanted', () => {
  const group = { id: 'g1', displayName: 'Ops', externalId: null, ...times }
  expect(presentGroup({ ...group, members: [] }, base)).toMatchObject({
    displayName: 'Ops',
    members: [],
    meta: { location: `${base}/Groups/g1` },
  })
  expect(presentGroup({ ...group, members: undefined }, base)).not.toHaveProperty('members')
  expect(presentGroup({ ...group, members: [{ id: 'u1', name: 'a@b.c' }] }, base)).toMatchObject({
    members: [{ value: 'u1', $ref: `${base}/Users/u1`, type: 'User', display: 'a@b.c' }],
  })
})
