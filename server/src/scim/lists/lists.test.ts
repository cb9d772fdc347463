import { expect, onTestFinished, test, vi } from 'vitest'
import { createUsers, expectRefusal, oktaGroup, oktaUser, startScim, type TestServer } from '../testing-server.ts'

const name = (i: number) => `user${String(i).padStart(2, '0')}@example.com`

async function startWithUsers(count: number) {
  const server = await startScim()
  const names = Array.from({ length: count }, (_, i) => name(i))
  const ids = await createUsers(server.scim, ...names)
  return { ...server, names, ids }
}

function namesIn(body: { Resources: { userName: string }[] }): string[] {
  return body.Resources.map(({ userName }) => userName)
}

/** Pages by cursor from the first page to the last. */
async function byCursor(scim: TestServer['scim'], query: string): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { status, body } = await scim(`/Users?${query}&cursor=${cursor}`)
    expect(status).toBe(200)
    found.push(...namesIn(body))
    cursor = body.nextCursor
  }
  return found
}

test('totals are true on every page, with a filter and without; count=0 and negative counts give the total alone', async () => {
  const { scim } = await startWithUsers(12)
  const filter = `filter=${encodeURIComponent('userName ge "user04"')}`
  expect((await scim('/Users?count=5')).body).toMatchObject({ totalResults: 12, startIndex: 1, itemsPerPage: 5 })
  expect((await scim('/Users?startIndex=11&count=5')).body).toMatchObject({ totalResults: 12, startIndex: 11, itemsPerPage: 2 })
  expect((await scim('/Users?startIndex=50&count=5')).body).toMatchObject({ totalResults: 12, itemsPerPage: 0, Resources: [] })
  expect((await scim(`/Users?count=5&${filter}`)).body).toMatchObject({ totalResults: 8, itemsPerPage: 5 })
  expect((await scim(`/Users?startIndex=6&count=5&${filter}`)).body).toMatchObject({ totalResults: 8, startIndex: 6, itemsPerPage: 3 })
  for (const count of [0, -1, -100]) {
    expect((await scim(`/Users?count=${count}`)).body).toMatchObject({ totalResults: 12, itemsPerPage: 0, Resources: [] })
    expect((await scim(`/Users?count=${count}&${filter}`)).body).toMatchObject({ totalResults: 8, itemsPerPage: 0, Resources: [] })
  }
})

test('a startIndex below 1 means the first, and a count beyond the most that is given is that', async () => {
  const { scim, names } = await startWithUsers(3)
  for (const startIndex of [0, -5]) {
    const { body } = await scim(`/Users?startIndex=${startIndex}&count=2`)
    expect([body.startIndex, namesIn(body)]).toEqual([1, names.slice(0, 2)])
  }
  expect(namesIn((await scim('/Users?count=1000000')).body)).toEqual(names)
  for (const query of ['startIndex=one', 'startIndex=1.5', 'count=ten', 'count=1e3', 'startIndex=', 'count=99999999999999999999']) {
    expectRefusal(await scim(`/Users?${query}`), 400, 'invalidValue')
  }
})

test('a page has 200 resources where the directory names no count, and 1,000 at most', async () => {
  const { scim, db, write } = await startWithUsers(1)
  const sample = await db.selectFrom('users').selectAll().where('email', '=', name(0)).executeTakeFirstOrThrow()
  const row = (i: number) => ({
    ...sample,
    id: `01920000-0000-7000-8000-${String(i).padStart(12, '0')}`,
    email: `x${i}`,
    email_key: `x${i}`,
  })
  await write((trx) =>
    trx
      .insertInto('users')
      .values(Array.from({ length: 1_100 }, (_, i) => row(i)))
      .execute(),
  )
  expect((await scim('/Users')).body.Resources).toHaveLength(200)
  expect((await scim('/Users?count=5000')).body.Resources).toHaveLength(1_000)
  expect(new Set(await byCursor(scim, 'count=300')).size).toBe(1_101)
})

test('nobody is skipped where a user is deleted between two pages, by index as by cursor', async () => {
  const { scim, names, ids } = await startWithUsers(12)
  const first = await scim('/Users?startIndex=1&count=5')
  const cursor = (await scim('/Users?cursor=&count=5')).body.nextCursor
  await scim(`/Users/${ids[1]}`, { method: 'DELETE' })
  await scim(`/Users/${ids[4]}`, { method: 'DELETE' })
  const second = await scim('/Users?startIndex=6&count=5')
  expect([...namesIn(first.body), ...namesIn(second.body)]).toEqual(names.slice(0, 10))
  expect(namesIn((await scim(`/Users?count=5&cursor=${cursor}`)).body)).toEqual(names.slice(5, 10))
})

test('users who join while the directory pages come at the end', async () => {
  const { scim, names } = await startWithUsers(6)
  await scim('/Users?startIndex=1&count=4')
  await createUsers(scim, 'aaron@example.com')
  expect(namesIn((await scim('/Users?startIndex=5&count=4')).body)).toEqual([...names.slice(4), 'aaron@example.com'])
})

test('sorting: both ways, users without the attribute last or first, page by page in one order', async () => {
  const { scim } = await startScim()
  const titles = ['Countess', undefined, 'admiral', 'Zoologist', undefined, 'Élève', 'countess', 'Countess']
  for (const [i, title] of titles.entries()) await scim('/Users', { body: oktaUser(name(i), { title }) })
  const ascending = [2, 0, 6, 7, 3, 5, 1, 4].map(name)
  expect(namesIn((await scim('/Users?sortBy=title')).body)).toEqual(ascending)
  expect(namesIn((await scim('/Users?sortBy=TITLE&sortOrder=descending')).body)).toEqual(ascending.toReversed())
  for (const sortOrder of ['ascending', 'descending']) {
    const whole = sortOrder === 'ascending' ? ascending : ascending.toReversed()
    for (const count of [1, 3]) {
      expect(await byCursor(scim, `sortBy=title&sortOrder=${sortOrder}&count=${count}`)).toEqual(whole)
      const pages = []
      for (let start = 1; start <= 8; start += count) {
        pages.push(...namesIn((await scim(`/Users?sortBy=title&sortOrder=${sortOrder}&startIndex=${start}&count=${count}`)).body))
      }
      expect(pages).toEqual(whole)
    }
  }
  expect(namesIn((await scim('/Users?sortBy=meta.created&sortOrder=descending&count=1')).body)).toEqual([name(7)])
  expect(namesIn((await scim('/Users?sortBy=name.familyName&count=2')).body)).toEqual([name(0), name(1)])
  expect(namesIn((await scim('/Users?sortBy=emails.value&sortOrder=descending&count=1')).body)).toEqual([name(7)])
  for (const query of ['sortBy=nonsense', 'sortBy=name', 'sortBy=title&sortOrder=upwards', 'sortBy=password']) {
    expectRefusal(await scim(`/Users?${query}`), 400, 'invalidValue')
  }
})

test('cursors: the last page has none, and no other query, altered text or later day can use one', async () => {
  const { scim, names } = await startWithUsers(5)
  const first = await scim('/Users?cursor&count=3')
  const { nextCursor } = first.body
  expect([namesIn(first.body), first.body.totalResults, first.body.itemsPerPage]).toEqual([names.slice(0, 3), 5, 3])
  const last = await scim(`/Users?cursor=${nextCursor}&count=3`)
  expect(namesIn(last.body)).toEqual(names.slice(3))
  expect(last.body).not.toHaveProperty('nextCursor')
  expect((await scim(`/Users?count=3&cursor=${nextCursor}`)).body).toEqual(last.body)
  const flipped = nextCursor.startsWith('A') ? `B${nextCursor.slice(1)}` : `A${nextCursor.slice(1)}`
  for (const cursor of [flipped, `${nextCursor}x`, nextCursor.slice(0, -2), 'nonsense', '.', encodeURIComponent('ü\u0000')]) {
    expectRefusal(await scim(`/Users?cursor=${cursor}`), 400, 'invalidCursor')
  }
  for (const query of ['sortBy=userName', 'filter=active%20eq%20true']) {
    expectRefusal(await scim(`/Users?${query}&cursor=${nextCursor}`), 400, 'invalidCursor')
  }
  expectRefusal(await scim(`/Groups?cursor=${nextCursor}`), 400, 'invalidCursor')
  for (const count of ['0', '-1', '1001', 'many']) {
    expectRefusal(await scim(`/Users?cursor=${nextCursor}&count=${count}`), 400, 'invalidCount')
  }
  expectRefusal(await scim(`/Users?cursor=${nextCursor}&startIndex=1`), 400, 'invalidValue')
  // Back in time and not ahead: ids never fall behind the newest one, so one from the future would be with the tests that follow.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 24 * 60 * 60 * 1000 })
  onTestFinished(() => void vi.useRealTimers())
  const yesterday = (await scim('/Users?cursor&count=3')).body.nextCursor
  vi.useRealTimers()
  expectRefusal(await scim(`/Users?cursor=${yesterday}`), 400, 'expiredCursor')
})

test('a cursor that one server process gave is good on another, and on no other node', async () => {
  const { scim, base, names, startAnother, addMethod } = await startWithUsers(3)
  const { nextCursor } = (await scim('/Users?cursor=&count=2')).body
  const another = (await startAnother()) + new URL(base).pathname
  expect(namesIn((await scim(`${another}/Users?cursor=${nextCursor}`)).body)).toEqual(names.slice(2))
  const other = await addMethod()
  expectRefusal(await scim(`${other.base}/Users?cursor=${nextCursor}`, { token: other.token }), 400, 'invalidCursor')
})

test('a projection shows what was asked for, id and schemas always', async () => {
  const { scim } = await startScim()
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  await scim('/Groups', { body: oktaGroup('Staff', [ada]) })
  const shown = async (query: string) => (await scim(`/Users?${query}`)).body.Resources[0]
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
  expect(await shown('attributes=userName,name.givenName')).toEqual({
    schemas,
    id: ada,
    userName: 'ada@example.com',
    name: { givenName: 'Ada' },
  })
  expect(await shown('attributes=groups.display')).toEqual({ schemas, id: ada, groups: [{ display: 'Staff' }] })
  expect(await shown('attributes=password')).toEqual({ schemas, id: ada })
  const most = await shown('excludedAttributes=id,emails,name.familyName,groups,meta')
  expect(Object.keys(most)).toEqual(['schemas', 'id', 'externalId', 'userName', 'displayName', 'active', 'name', 'locale'])
  expect(most.name).toEqual({ givenName: 'Ada' })
  expect((await scim(`/Users/${ada}?attributes=userName`)).body).toEqual({ schemas, id: ada, userName: 'ada@example.com' })
  expectRefusal(await scim('/Users?attributes=id&excludedAttributes=meta'), 400, 'invalidValue')
})
