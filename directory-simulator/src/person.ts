import { z } from 'zod'

/** A person as the directory knows them. Without `email` it is the userName, without `displayName` first and last name. */
export interface Person {
  userName: string
  givenName?: string | undefined
  familyName?: string | undefined
  displayName?: string | undefined
  email?: string | undefined
  title?: string | undefined
  department?: string | undefined
  employeeNumber?: string | undefined
  /** The userName of the manager. */
  manager?: string | undefined
  locale?: string | undefined
  externalId?: string | undefined
}

export type PersonField = keyof Person

/** What is to change about a person; `null` empties the field. */
export type PersonChanges = { [Field in PersonField]?: string | null }

export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Where SCIM keeps each field (RFC 7643, sections 4.1 and 4.3). */
export const SCIM_PATH: Readonly<Record<PersonField, string>> = {
  userName: 'userName',
  givenName: 'name.givenName',
  familyName: 'name.familyName',
  displayName: 'displayName',
  email: 'emails[type eq "work"].value',
  title: 'title',
  department: `${ENTERPRISE}:department`,
  employeeNumber: `${ENTERPRISE}:employeeNumber`,
  manager: `${ENTERPRISE}:manager`,
  locale: 'locale',
  externalId: 'externalId',
}

export const PERSON_FIELDS: readonly PersonField[] = [
  'userName',
  'givenName',
  'familyName',
  'displayName',
  'email',
  'title',
  'department',
  'employeeNumber',
  'manager',
  'locale',
  'externalId',
]

/** The field that a name means: `givenName`, `name.givenName` and `NAME.GIVENNAME` are one; null when there is none. */
export function fieldNamed(name: string): PersonField | null {
  const wanted = name.toLowerCase()
  return PERSON_FIELDS.find((field) => field.toLowerCase() === wanted || SCIM_PATH[field].toLowerCase() === wanted) ?? null
}

/** Reads `name.givenName=Kay`; nothing after the `=` empties the field. Null where it is neither an attribute nor a value. */
export function fieldSet(setting: string): { field: PersonField; value: string | null } | null {
  const cut = setting.indexOf('=')
  const field = cut > 0 ? fieldNamed(setting.slice(0, cut)) : null
  return field === null ? null : { field, value: setting.slice(cut + 1) || null }
}

/** A person made from an e-mail address alone: `jane.van-doe@example.com` is Jane Van-Doe. */
export function personNamed(userName: string): Person {
  const words = (userName.split('@')[0] ?? userName)
    .split(/[._+]/)
    .map((word) => word.replace(/\d+$/, ''))
    .filter((word) => word !== '')
  const [given = userName, ...rest] = words.map(capitalised)
  return { userName, givenName: given, familyName: rest.length > 0 ? rest.join(' ') : 'Example' }
}

function capitalised(word: string): string {
  return word.replace(/(^|-)\p{L}/gu, (letter) => letter.toUpperCase())
}

/** First and last name as one, or the userName of a person without either. */
export function fullName(person: Person): string {
  const both = [person.givenName, person.familyName].filter((part) => part !== undefined && part !== '').join(' ')
  return both === '' ? person.userName : both
}

/** The name that the directory shows. */
export function shownName(person: Person): string {
  return person.displayName ?? fullName(person)
}

/** The primary e-mail address. */
export function workEmail(person: Person): string {
  return person.email ?? person.userName
}

/** The person after the changes. */
export function changedPerson(person: Person, changes: PersonChanges): Person {
  const next: Person = { ...person }
  for (const field of PERSON_FIELDS) {
    const value = changes[field]
    if (value === undefined) continue
    if (field === 'userName') next.userName = value ?? next.userName
    else next[field] = value === null || value === '' ? undefined : value
  }
  return next
}

/** The changes and what follows from them: an e-mail address that was the userName, a shown name that was first and last name. */
export function changesWithConsequences(person: Person, changes: PersonChanges): PersonChanges {
  const after = changedPerson(person, changes)
  const all: PersonChanges = { ...changes }
  if (changes.email === undefined && workEmail(after) !== workEmail(person)) all.email = workEmail(after)
  if (changes.displayName === undefined && shownName(after) !== shownName(person)) all.displayName = shownName(after)
  return all
}

/** What has to change to make `now` of `before`; a field that `now` leaves open stays as it is. */
export function differences(before: Person, now: Person): PersonChanges {
  const changes: PersonChanges = {}
  const shown = (person: Person): Person => ({ ...person, email: workEmail(person), displayName: shownName(person) })
  const [old, wanted] = [shown(before), shown(now)]
  for (const field of PERSON_FIELDS) {
    const value = wanted[field]
    // A manager is known here by name and there by id: never equal, so it is left to update().
    if (field !== 'manager' && value !== undefined && value !== old[field]) changes[field] = value
  }
  return changes
}

const Text = z.string().optional().catch(undefined)
const KnownUser = z.object({
  userName: z.string(),
  externalId: Text,
  displayName: Text,
  title: Text,
  locale: Text,
  name: z.object({ givenName: Text, familyName: Text }).optional().catch(undefined),
  emails: z
    .array(z.object({ value: z.string(), type: Text, primary: z.boolean().optional().catch(undefined) }))
    .optional()
    .catch(undefined),
  [ENTERPRISE]: z.object({ department: Text, employeeNumber: Text }).optional().catch(undefined),
})

/** Reads a person out of a User resource that some server returned; `userName` stands in where that has none. */
export function personOf(resource: unknown, userName: string): Person {
  const read = KnownUser.safeParse(resource)
  if (!read.success) return { userName }
  const user = read.data
  const email = (user.emails?.find((entry) => entry.type === 'work') ?? user.emails?.find((entry) => entry.primary) ?? user.emails?.[0])
    ?.value
  const person: Person = {
    userName: user.userName,
    givenName: user.name?.givenName,
    familyName: user.name?.familyName,
    title: user.title,
    locale: user.locale,
    externalId: user.externalId,
    department: user[ENTERPRISE]?.department,
    employeeNumber: user[ENTERPRISE]?.employeeNumber,
  }
  if (email !== undefined && email.toLowerCase() !== user.userName.toLowerCase()) person.email = email
  if (user.displayName !== undefined && user.displayName !== fullName(person)) person.displayName = user.displayName
  return person
}
