import { type Attribute, attribute } from './attribute.ts'

const readOnly = { mutability: 'readOnly' } as const

/** What every resource has beside its schemas' attributes (RFC 7643 §3.1), and `schemas` itself (§3). */
export const commonAttributes: readonly Attribute[] = [
  attribute('schemas', 'The URNs of the schemas whose attributes the resource holds.', {
    ...readOnly,
    type: 'reference',
    multiValued: true,
    caseExact: true,
    returned: 'always',
    referenceTypes: ['uri'],
  }),
  attribute('id', 'The identifier that this server gave to the resource.', {
    ...readOnly,
    caseExact: true,
    returned: 'always',
    uniqueness: 'global',
  }),
  attribute('externalId', 'The identifier that the directory gave to the resource.', { caseExact: true }),
  attribute('meta', 'What this server keeps about the resource.', {
    ...readOnly,
    subAttributes: [
      attribute('resourceType', 'The name of the resource type.', { ...readOnly, caseExact: true }),
      attribute('created', 'When the resource was created.', { ...readOnly, type: 'dateTime' }),
      attribute('lastModified', 'When the resource was last changed.', { ...readOnly, type: 'dateTime' }),
      attribute('location', 'The address of the resource.', {
        ...readOnly,
        type: 'reference',
        caseExact: true,
        referenceTypes: ['uri'],
        searchable: false,
      }),
      attribute('version', 'The ETag of the resource.', { ...readOnly, caseExact: true, searchable: false }),
    ],
  }),
]
