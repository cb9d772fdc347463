import { expect, test } from 'vitest'
import { oktaUser, patchOf, startScim } from '../testing-server.ts'

test('an Okta assignment makes an invited user, and the answer shows neither password nor names of our own', async () => {
  const { scim, db, base, nodeId } = await startScim()
  const created = await scim('/Users', { body: oktaUser('Ada@example.com') })
  expect(created.status).toBe(201)
  expect(created.headers.get('content-type')).toBe('application/scim+json; charset=utf-8')
  expect(created.body).toMatchObject({
    userName: 'Ada@example.com',
    active: true,
    displayName: 'Ada Lovelace',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    meta: { resourceType: 'User', version: 'W/"1"' },
  })
  expect(created.body).not.toHaveProperty('password')
  expect(created.headers.get('location')).toBe(created.body.meta.location)
  expect(created.body.meta.location).toBe(`${base.replace(/http:\/\/[^/]+/, 'http://vault.example.com')}/Users/${created.body.id}`)
  const user = await db.selectFrom('users').selectAll().where('id', '=', created.body.id).executeTakeFirstOrThrow()
  expect(user).toMatchObject({ status: 'invited', email: 'Ada@example.com', email_key: 'ada@example.com', node_id: nodeId })
  expect(JSON.stringify(user)).not.toContain('not-to-be-kept')
  expect(await db.selectFrom('outbox').select(['recipient', 'state']).execute()).toEqual([
    { recipient: 'Ada@example.com', state: 'queued' },
  ])
})

test('Okta finds nobody before it creates a user, and the user afterwards, whatever the case', async () => {
  const { scim } = await startScim()
  const find = (name: string) => scim(`/Users?filter=${encodeURIComponent(`userName eq "${name}"`)}&startIndex=1&count=100`)
  expect((await find('ada@example.com')).body).toMatchObject({ totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] })
  await scim('/Users', { body: oktaUser('ada@example.com') })
  expect((await find('ADA@example.com')).body).toMatchObject({ totalResults: 1, Resources: [{ userName: 'ada@example.com' }] })
})

test('twenty parallel creates of one userName give one 201 and nineteen 409', async () => {
  const { scim } = await startScim()
  const answers = await Promise.all(Array.from({ length: 20 }, () => scim('/Users', { body: oktaUser('ada@example.com') })))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(19).fill(409)])
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ status: '409', scimType: 'uniqueness' })
})

test('a userName that is no e-mail address is refused with what to change in Okta', async () => {
  const { scim } = await startScim()
  const refused = await scim('/Users', { body: oktaUser('ada.lovelace') })
  expect(refused.status).toBe(400)
  expect(refused.body).toMatchObject({ scimType: 'invalidValue', detail: expect.stringMatching(/Application username format.*Email/) })
})

test('a deactivated user is locked at once and mailed nothing; reactivation restores', async () => {
  const { scim, db } = await startScim()
  const { body: user } = await scim('/Users', { body: oktaUser('ada@example.com') })
  const status = async () => (await db.selectFrom('users').select('status').where('id', '=', user.id).executeTakeFirstOrThrow()).status
  const locked = await scim(`/Users/${user.id}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) })
  expect([locked.status, locked.body.active, await status()]).toEqual([200, false, 'locked'])
  expect(await db.selectFrom('outbox').select('state').execute()).toEqual([{ state: 'cancelled' }])
  const unlocked = await scim(`/Users/${user.id}`, { method: 'PATCH', body: patchOf({ op: 'Replace', path: 'active', value: 'True' }) })
  expect([unlocked.status, unlocked.body.active, await status()]).toEqual([200, true, 'invited'])
})

test('what is the same already changes nothing, version and time included', async () => {
  const { scim } = await startScim()
  const { body: user } = await scim('/Users', { body: oktaUser('ada@example.com') })
  const again = await scim(`/Users/${user.id}`, { method: 'PUT', body: oktaUser('ada@example.com') })
  expect([again.status, again.body]).toEqual([200, user])
})

test('a changed userName changes the address the user signs in with, and a taken one is refused', async () => {
  const { scim, db } = await startScim()
  const { body: ada } = await scim('/Users', { body: oktaUser('ada@example.com') })
  await scim('/Users', { body: oktaUser('grace@example.com') })
  const renamed = await scim(`/Users/${ada.id}`, { method: 'PUT', body: oktaUser('ada.king@example.com') })
  expect([renamed.status, renamed.body.id, renamed.body.userName]).toEqual([200, ada.id, 'ada.king@example.com'])
  const mails = await db.selectFrom('outbox').select(['recipient', 'state']).where('recipient', 'like', 'ada%').orderBy('id').execute()
  expect(mails).toEqual([
    { recipient: 'ada@example.com', state: 'cancelled' },
    { recipient: 'ada.king@example.com', state: 'queued' },
  ])
  const taken = await scim(`/Users/${ada.id}`, {
    method: 'PATCH',
    body: patchOf({ op: 'replace', path: 'userName', value: 'GRACE@example.com' }),
  })
  expect([taken.status, taken.body.scimType]).toEqual([409, 'uniqueness'])
})

test('the directory pages through all users, by index and by cursor, and misses nobody', async () => {
  const { scim } = await startScim()
  const names = Array.from({ length: 25 }, (_, i) => `user${String(i).padStart(2, '0')}@example.com`)
  for (const name of names) await scim('/Users', { body: oktaUser(name) })
  const byIndex: string[] = []
  for (let startIndex = 1; startIndex <= 25; startIndex += 10) {
    const { body } = await scim(`/Users?startIndex=${startIndex}&count=10`)
    expect(body).toMatchObject({ totalResults: 25, startIndex, itemsPerPage: Math.min(10, 26 - startIndex) })
    byIndex.push(...body.Resources.map((user: { userName: string }) => user.userName))
  }
  expect(byIndex).toEqual(names)
  const byCursor: string[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { body } = await scim(`/Users?cursor=${cursor}&count=7&sortBy=userName&sortOrder=descending`)
    byCursor.push(...body.Resources.map((user: { userName: string }) => user.userName))
    cursor = body.nextCursor
  }
  expect(byCursor).toEqual(names.toReversed())
})
