import { attribute, schema } from './attribute.ts'

export const GROUP_URN = 'urn:ietf:params:scim:schemas:core:2.0:Group'

const members = attribute('members', 'The users in the group.', {
  multiValued: true,
  subAttributes: [
    attribute('value', 'The id of the user.', { caseExact: true, mutability: 'immutable' }),
    attribute('$ref', 'The address of the user.', {
      type: 'reference',
      caseExact: true,
      mutability: 'immutable',
      referenceTypes: ['User'],
      searchable: false,
    }),
    attribute('type', 'Members are always users here.', { mutability: 'immutable', canonicalValues: ['User'] }),
    attribute('display', 'The e-mail address of the user.', { mutability: 'readOnly', keyed: true }),
  ],
})

/** The Group (RFC 7643 §4.2). Each one is a team of the vault. */
export const groupSchema = schema(GROUP_URN, 'Group', 'A group of users, which becomes a team.', [
  attribute('displayName', 'The name of the group.', { required: true, uniqueness: 'server', keyed: true }),
  members,
])
