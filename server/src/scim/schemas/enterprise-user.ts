import { attribute, schema } from './attribute.ts'

export const ENTERPRISE_USER_URN = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const manager = attribute('manager', 'The manager of the person.', {
  subAttributes: [
    attribute('value', 'The id of the manager.', { caseExact: true }),
    attribute('$ref', 'The address of the manager.', { type: 'reference', caseExact: true, referenceTypes: ['User'] }),
    attribute('displayName', 'The name of the manager.', { mutability: 'readOnly' }),
  ],
})

/** The Enterprise User extension (RFC 7643 §4.3). */
export const enterpriseUserSchema = schema(ENTERPRISE_USER_URN, 'EnterpriseUser', 'What an employer adds to a User.', [
  attribute('employeeNumber', 'The identifier that the employer gave to the person.'),
  attribute('costCenter', 'The cost center.'),
  attribute('organization', 'The organization.'),
  attribute('division', 'The division.'),
  attribute('department', 'The department.'),
  manager,
])
