import { attribute, plural, primary, schema } from './attribute.ts'

export const USER_URN = 'urn:ietf:params:scim:schemas:core:2.0:User'

const readOnly = { mutability: 'readOnly' } as const
const places = ['work', 'home', 'other'] as const

const name = attribute('name', 'The parts of the name.', {
  subAttributes: [
    attribute('formatted', 'The whole name, ready to be shown.'),
    attribute('familyName', 'The last name.'),
    attribute('givenName', 'The first name.'),
    attribute('middleName', 'The middle names.'),
    attribute('honorificPrefix', 'A title before the name.'),
    attribute('honorificSuffix', 'What follows the name.'),
  ],
})

const addresses = attribute('addresses', 'Postal addresses.', {
  multiValued: true,
  subAttributes: [
    attribute('formatted', 'The whole address, ready to be shown or printed.'),
    attribute('streetAddress', 'Street, number, floor; may have several lines.'),
    attribute('locality', 'The city or town.'),
    attribute('region', 'The state or region.'),
    attribute('postalCode', 'The postal code.'),
    attribute('country', 'The country, as an ISO 3166-1 alpha-2 code.'),
    attribute('type', 'What the address is for.', { canonicalValues: places }),
    primary,
  ],
})

const groups = attribute('groups', 'The groups that the user is a member of. They change through the groups.', {
  ...readOnly,
  multiValued: true,
  subAttributes: [
    attribute('value', 'The id of the group.', { ...readOnly, caseExact: true }),
    attribute('$ref', 'The address of the group.', {
      ...readOnly,
      type: 'reference',
      caseExact: true,
      referenceTypes: ['Group'],
      searchable: false,
    }),
    attribute('display', 'The name of the group.', { ...readOnly, keyed: true }),
    attribute('type', 'Membership is always direct here.', { ...readOnly, canonicalValues: ['direct', 'indirect'] }),
  ],
})

/** The core User (RFC 7643 §4.1). */
export const userSchema = schema(USER_URN, 'User', 'A person who has an account.', [
  attribute('userName', 'The e-mail address that the person signs in with.', { required: true, uniqueness: 'server', keyed: true }),
  name,
  attribute('displayName', 'The name to show.', { keyed: true }),
  attribute('nickName', 'The casual name.'),
  attribute('profileUrl', 'The address of a page about the person.', {
    type: 'reference',
    caseExact: true,
    referenceTypes: ['external'],
  }),
  attribute('title', 'The job title.'),
  attribute('userType', 'The relation to the organization, such as Employee or Contractor.'),
  attribute('preferredLanguage', 'The languages the person reads, as in an Accept-Language header.'),
  attribute('locale', 'The locale for dates and numbers, such as en-US.'),
  attribute('timezone', 'The time zone, by its name in the IANA database.'),
  attribute('active', 'False locks the account.', { type: 'boolean' }),
  attribute('password', 'Accepted and thrown away: this server never learns a password.', {
    caseExact: true,
    mutability: 'writeOnly',
    returned: 'never',
    searchable: false,
  }),
  plural('emails', 'E-mail addresses.', places),
  plural('phoneNumbers', 'Phone numbers.', ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
  plural('ims', 'Addresses for instant messages.', ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo']),
  plural('photos', 'Addresses of pictures of the person.', ['photo', 'thumbnail'], {
    type: 'reference',
    caseExact: true,
    referenceTypes: ['external'],
  }),
  addresses,
  groups,
  plural('entitlements', 'Things that the person is entitled to.', []),
  plural('roles', 'Roles of the person, as the directory names them.', []),
  plural('x509Certificates', 'Certificates of the person, DER in Base64.', [], { type: 'binary', caseExact: true }),
])
