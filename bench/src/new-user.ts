/** A user as Okta sends one. */
export interface NewUser {
  readonly email: string
  readonly externalId: string
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * The user number `n` of those with this tag: different for each, of one length for all, and, as e-mail addresses are,
 * in another order than they come in. So an index takes them all over, not at its end.
 */
export function newUser(tag: string, n: number): NewUser {
  const scattered = (Math.imul(n, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
  const email = `${scattered}.${tag}@example.com`
  const externalId = `00u${scattered}${tag}`
  return {
    email,
    externalId,
    body: {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: email,
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ primary: true, value: email, type: 'work' }],
      displayName: 'Ada Lovelace',
      locale: 'en-US',
      externalId,
      groups: [],
      password: 'not kept',
      active: true,
    },
  }
}

/** The name of the group number `n`. */
export function newGroupName(n: number): string {
  return `Team ${(Math.imul(n, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')}`
}
