import { expect, test } from 'vitest'
import { createUsers, expectRefusal, oktaGroup, oktaUser, patchOf, startScim } from '../testing-server.ts'

const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Four people in whom wildcards, quotes and letters of other scripts meet. */
async function startWithPeople() {
  const server = await startScim()
  const people = {
    ada: oktaUser('ada@example.com', { title: '100% "sure" \\o/', nickName: "O'Ada_1", [ENTERPRISE]: { department: 'Engines' } }),
    grace: oktaUser('grace@example.com', { title: '1000 sure', nickName: 'OXAda21', active: false }),
    rene: oktaUser('rené@example.com', { displayName: 'René Σ', title: '日本語 😀', emails: [{ value: 'r@home.example', type: 'home' }] }),
    alan: { userName: 'alan@example.com', externalId: 'CaseExact' },
  }
  const ids = new Map<string, string>()
  for (const [key, body] of Object.entries(people)) {
    const answer = await server.scim('/Users', { body })
    expect(answer.status).toBe(201)
    ids.set(answer.body.id, key)
  }
  const find = async (filter: string) => {
    const { status, body } = await server.scim(`/Users?filter=${encodeURIComponent(filter)}`)
    expect([filter, status]).toEqual([filter, 200])
    expect(body.totalResults).toBe(body.Resources.length)
    return body.Resources.map(({ id }: { id: string }) => ids.get(id))
  }
  return { ...server, ids, find }
}

test('filters of every directory find who they mean', async () => {
  const { find } = await startWithPeople()
  const cases: [string, string[]][] = [
    ['userName eq "ADA@example.com"', ['ada']],
    ['externalId eq "CaseExact"', ['alan']],
    ['externalId eq "caseexact"', []],
    ['externalId eq CaseExact', ['alan']],
    ['emails[type eq "work"].value eq "ada@example.com"', ['ada']],
    ['emails.value co "home"', ['rene']],
    ['emails[type eq "home" and value sw "r@"]', ['rene']],
    ['emails[type eq "work" and value sw "r@"]', []],
    ['active eq false', ['grace']],
    ['active eq "False"', ['grace']],
    ['not (active eq true)', ['grace']],
    ['title pr', ['ada', 'grace', 'rene']],
    ['not (title pr)', ['alan']],
    ['title eq null', ['alan']],
    ['nickName ne "OXAda21"', ['ada', 'rene', 'alan']],
    [`${ENTERPRISE}:department eq "engines"`, ['ada']],
    ['name.givenName eq "ADA" and not (active eq false) or externalId eq "CaseExact"', ['ada', 'rene', 'alan']],
    ['name.givenName eq "ADA" and (not (active eq false) or externalId eq "CaseExact")', ['ada', 'rene']],
    ['USERNAME SW "A" AND ACTIVE EQ TRUE', ['ada', 'alan']],
    ['meta.created gt "2011-05-13T04:42:34Z"', ['ada', 'grace', 'rene', 'alan']],
    ['meta.lastModified lt "2011-05-13T04:42:34Z"', []],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName ew "@EXAMPLE.com"', ['ada', 'grace', 'rene', 'alan']],
    ['userName gt "b" and userName le "grace@example.com"', ['grace']],
  ]
  for (const [filter, expected] of cases) expect([filter, await find(filter)]).toEqual([filter, expected])
})

test('nothing in a filter is a wildcard, a quote or a command to the database', async () => {
  const { find, db } = await startWithPeople()
  const cases: [string, string[]][] = [
    ['title co "100%"', ['ada']],
    ['title sw "100_"', []],
    ['title co "%"', ['ada']],
    ['title co "\\"sure\\""', ['ada']],
    ['title ew "\\\\o/"', ['ada']],
    ['nickName eq "O\'Ada_1"', ['ada']],
    ['nickName co "_"', ['ada']],
    ['nickName sw "o\'"', ['ada']],
    ['displayName co "σ"', ['rene']],
    ['displayName eq "RENÉ σ"', ['rene']],
    ['title ew "\\ud83d\\ude00"', ['rene']],
    ['title sw "日本"', ['rene']],
    ['userName eq "\' or 1=1 --"', []],
    ['userName eq "\'; drop table users; --"', []],
    ['title co "*"', []],
    ['title co "?"', []],
    ['title co ""', ['ada', 'grace', 'rene']],
  ]
  for (const [filter, expected] of cases) expect([filter, await find(filter)]).toEqual([filter, expected])
  expect((await db.selectFrom('users').select('id').execute()).length).toBe(5)
})

test('a filter that means nothing is refused with what is wrong and where', async () => {
  const { scim } = await startScim()
  const filters = [
    '',
    '   ',
    'userName',
    'userName eq',
    'userName xx "a"',
    'userName eq "a',
    'userName eq "a" and',
    'userName eq "a" "b"',
    '(userName eq "a"',
    'userName eq "a")',
    'nonsense eq "a"',
    'active gt true',
    'active eq "maybe"',
    'meta.created gt "yesterday"',
    'emails[type eq "work"',
    'emails[nonsense eq "a"]',
    'not userName eq "a"',
    "userName eq 'a'",
    'password eq "a"',
    'userName eq "\\u0000"',
    'userName eq "\\ud800"',
    'name eq "x"',
  ]
  for (const filter of filters) {
    const answer = await scim(`/Users?filter=${encodeURIComponent(filter)}`)
    expect([filter, answer.status, answer.body.scimType]).toEqual([filter, 400, 'invalidFilter'])
  }
})

test('groups are found by name, externalId and member, also without their members', async () => {
  const { scim } = await startScim()
  const [ada = '', grace = ''] = await createUsers(scim, 'ada@example.com', 'grace@example.com')
  const { body: staff } = await scim('/Groups', { body: oktaGroup('Staff 100%', [ada], { externalId: 'Guid' }) })
  const { body: crew } = await scim('/Groups', { body: oktaGroup('Crew', [ada, grace]) })
  const find = async (filter: string, query = '') => {
    const { body } = await scim(`/Groups?filter=${encodeURIComponent(filter)}${query}`)
    return body.Resources
  }
  expect(await find('displayName eq "STAFF 100%"', '&startIndex=1&count=100')).toEqual([staff])
  const [bare] = await find('displayName eq "staff 100%"', '&excludedAttributes=members')
  expect([bare.id, 'members' in bare]).toEqual([staff.id, false])
  expect(await find('externalId eq "Guid"')).toEqual([staff])
  expect(await find('externalId eq "guid"')).toEqual([])
  expect(await find(`members[value eq "${grace}"]`)).toEqual([crew])
  expect(await find(`members.value eq "${ada}"`)).toEqual([staff, crew])
  expect(await find(`members eq "${grace}"`)).toEqual([crew])
  expect(await find(`id eq "${crew.id}" and members.value eq "${ada}"`)).toEqual([crew])
  expect((await scim(`/Users?filter=${encodeURIComponent(`groups.value eq "${crew.id}"`)}`)).body.totalResults).toBe(2)
  expect((await scim(`/Users?filter=${encodeURIComponent('groups.display eq "staff 100%"')}`)).body.Resources).toMatchObject([{ id: ada }])
  await scim(`/Groups/${crew.id}`, { method: 'PATCH', body: patchOf({ op: 'remove', path: 'members' }) })
  expect(await find(`members.value eq "${grace}"`)).toEqual([])
  expect((await scim('/Groups?sortBy=displayName&sortOrder=descending')).body.Resources.map(({ id }: { id: string }) => id)).toEqual([
    staff.id,
    crew.id,
  ])
})

test('a search by POST answers as the list does: users, groups, and both together from the root', async () => {
  const { scim } = await startScim()
  const ids = await createUsers(scim, 'ada@example.com', 'grace@example.com', 'edsger@example.com')
  const { body: staff } = await scim('/Groups', { body: oktaGroup('Ada Lovelace', ids) })
  const { body: crew } = await scim('/Groups', { body: oktaGroup('Crew') })
  const search = (path: string, more: object) => scim(path, { body: { schemas: [SEARCH], ...more } })
  const users = await search('/Users/.search', { filter: 'userName sw "a"', attributes: ['userName'], startIndex: 1, count: 10 })
  expect([users.status, users.body.totalResults, users.body.Resources[0].userName]).toEqual([200, 1, 'ada@example.com'])
  expect(Object.keys(users.body.Resources[0])).toEqual(['schemas', 'id', 'userName'])
  const sorted = await search('/Users/.search', { sortBy: 'userName', sortOrder: 'descending', count: 1, cursor: '' })
  expect([sorted.body.Resources[0].id, typeof sorted.body.nextCursor]).toEqual([ids[1], 'string'])
  const groups = await search('/Groups/.search', { filter: 'displayName eq "crew"', excludedAttributes: ['members'] })
  expect(groups.body.Resources).toEqual([{ ...(({ members: _, ...rest }) => rest)(crew) }])
  const idsOf = ({ body }: { body: { Resources: { id: string }[] } }) => body.Resources.map(({ id }) => id)
  expect(idsOf(await search('/.search', {}))).toEqual([...ids, staff.id, crew.id])
  expect(idsOf(await scim('/'))).toEqual([...ids, staff.id, crew.id])
  expect(idsOf(await search('/.search', { filter: 'displayName eq "ada lovelace"' }))).toEqual([...ids, staff.id])
  for (const [startIndex, expected] of [
    [1, ids.slice(0, 2)],
    [3, [ids[2], staff.id]],
    [5, [crew.id]],
  ] as const) {
    const page = await search('/.search', { startIndex, count: 2 })
    expect([page.body.totalResults, page.body.startIndex, page.body.itemsPerPage, idsOf(page)]).toEqual([
      5,
      startIndex,
      expected.length,
      expected,
    ])
  }
  expectRefusal(await search('/.search', { cursor: '' }), 400, 'invalidCursor')
  for (const body of [{ schemas: [] }, { schemas: 'x' }, {}, [], { schemas: [SEARCH], count: 'x' }, { schemas: [SEARCH], filter: 5 }]) {
    expect((await scim('/Users/.search', { body })).status).toBe(400)
  }
})
