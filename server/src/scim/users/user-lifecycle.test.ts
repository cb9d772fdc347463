import { expect, test } from 'vitest'
import { createUsers, expectRefusal, memberIds, oktaGroup, oktaUser, patchOf, startScim, type TestServer } from '../testing-server.ts'

async function userRow({ db }: TestServer, id: string) {
  return db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

async function mails({ db }: TestServer) {
  return db.selectFrom('outbox').select(['recipient', 'state']).orderBy('id').execute()
}

/** What becomes of a user who accepts the invitation. */
async function register({ write }: TestServer, id: string) {
  await write((trx) => trx.updateTable('users').set({ status: 'active', registered_at: Date.now() }).where('id', '=', id).execute())
}

test('a user created with active false is locked, and is mailed only when the directory activates them', async () => {
  const server = await startScim()
  const { scim } = server
  const created = await scim('/Users', { body: oktaUser('ada@example.com', { active: false }) })
  expect([created.status, created.body.active, (await userRow(server, created.body.id)).status]).toEqual([201, false, 'locked'])
  expect(await mails(server)).toEqual([])
  const activated = await scim(`/Users/${created.body.id}`, { method: 'PUT', body: oktaUser('ada@example.com') })
  expect([activated.status, activated.body.active, (await userRow(server, created.body.id)).status]).toEqual([200, true, 'invited'])
  expect(await mails(server)).toEqual([{ recipient: 'ada@example.com', state: 'queued' }])
})

test('a PUT that does not say whether the user is active leaves that as it is', async () => {
  const { scim } = await startScim()
  const { active: _, ...silent } = oktaUser('ada@example.com')
  const { body: ada } = await scim('/Users', { body: oktaUser('ada@example.com', { active: false }) })
  const put = await scim(`/Users/${ada.id}`, { method: 'PUT', body: { ...silent, displayName: 'Countess' } })
  expect([put.status, put.body.active, put.body.displayName]).toEqual([200, false, 'Countess'])
  const { body: grace } = await scim('/Users', { body: oktaUser('grace@example.com') })
  expect((await scim(`/Users/${grace.id}`, { method: 'PUT', body: { ...silent, userName: 'grace@example.com' } })).body.active).toBe(true)
})

test('a registered user who is locked and unlocked is active again at once, with no new invitation', async () => {
  const server = await startScim()
  const { scim } = server
  const [id = ''] = await createUsers(scim, 'ada@example.com')
  await register(server, id)
  const before = await mails(server)
  await scim(`/Users/${id}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) })
  expect((await userRow(server, id)).status).toBe('locked')
  await scim(`/Users/${id}`, { method: 'PATCH', body: patchOf({ op: 'Replace', path: 'active', value: 'True' }) })
  expect((await userRow(server, id)).status).toBe('active')
  expect(await mails(server)).toEqual(before)
})

test('a renamed user keeps id and status; only who has not registered yet is invited anew', async () => {
  const server = await startScim()
  const { scim } = server
  const [ada = '', grace = ''] = await createUsers(scim, 'ada@example.com', 'grace@example.com')
  await register(server, grace)
  for (const [id, userName] of [
    [ada, 'ada.king@example.com'],
    [grace, 'grace.hopper@example.com'],
  ] as const) {
    const renamed = await scim(`/Users/${id}`, { method: 'PATCH', body: patchOf({ op: 'replace', path: 'userName', value: userName }) })
    expect([renamed.status, renamed.body.id, renamed.body.userName]).toEqual([200, id, userName])
  }
  expect((await userRow(server, grace)).status).toBe('active')
  expect(await mails(server)).toEqual([
    { recipient: 'ada@example.com', state: 'cancelled' },
    { recipient: 'grace@example.com', state: 'queued' },
    { recipient: 'ada.king@example.com', state: 'queued' },
  ])
  const spelling = await scim(`/Users/${ada}`, {
    method: 'PATCH',
    body: patchOf({ op: 'replace', path: 'userName', value: 'ADA.King@example.com' }),
  })
  expect(spelling.body.userName).toBe('ADA.King@example.com')
  expect(await mails(server)).toHaveLength(3)
})

test('a deleted user is gone from everywhere: the user, lists, searches, groups; a second DELETE finds nobody', async () => {
  const server = await startScim()
  const { scim } = server
  const [ada = '', grace = ''] = await createUsers(scim, 'ada@example.com', 'grace@example.com')
  const { body: group } = await scim('/Groups', { body: oktaGroup('Staff', [ada, grace]) })
  const deleted = await scim(`/Users/${ada}`, { method: 'DELETE' })
  expect([deleted.status, deleted.body]).toEqual([204, undefined])
  for (const request of [
    { method: 'GET' },
    { method: 'DELETE' },
    { method: 'PUT', body: oktaUser('ada@example.com') },
    { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: true } }) },
  ]) {
    expectRefusal(await scim(`/Users/${ada}`, request), 404)
  }
  expect((await scim('/Users')).body).toMatchObject({ totalResults: 1, Resources: [{ id: grace }] })
  expect((await scim(`/Users?filter=${encodeURIComponent('userName eq "ada@example.com"')}`)).body.totalResults).toBe(0)
  expect(await memberIds(scim, group.id)).toEqual([grace])
  expect(await userRow(server, ada)).toMatchObject({ status: 'locked', deleted_at: expect.any(Number) })
  expect(await mails(server)).toContainEqual({ recipient: 'ada@example.com', state: 'cancelled' })
})

test('the same person created again gets the account back, id included, and is on no team until the directory says so', async () => {
  const server = await startScim()
  const { scim } = server
  const { externalId: _, ...withoutId } = oktaUser('grace@example.com')
  const { body: ada } = await scim('/Users', { body: oktaUser('ada@example.com') })
  const { body: grace } = await scim('/Users', { body: withoutId })
  await register(server, ada.id)
  const { body: group } = await scim('/Groups', { body: oktaGroup('Staff', [ada.id, grace.id]) })
  for (const id of [ada.id, grace.id]) await scim(`/Users/${id}`, { method: 'DELETE' })
  const adaAgain = await scim('/Users', {
    body: oktaUser('ADA@example.com', { displayName: 'Countess', externalId: '00u-ada@example.com' }),
  })
  expect([adaAgain.status, adaAgain.body.id, adaAgain.body.displayName]).toEqual([201, ada.id, 'Countess'])
  expect(adaAgain.headers.get('location')).toBe(ada.meta.location)
  expect((await userRow(server, ada.id)).status).toBe('active')
  const graceAgain = await scim('/Users', { body: withoutId })
  expect([graceAgain.status, graceAgain.body.id]).toEqual([201, grace.id])
  expect((await userRow(server, grace.id)).status).toBe('invited')
  expect(await memberIds(scim, group.id)).toEqual([])
  expect((await scim('/Users')).body.totalResults).toBe(2)
})

test('another person with a recycled address gets an account of their own, and the old one stays retained', async () => {
  const server = await startScim()
  const { scim } = server
  const { body: first } = await scim('/Users', { body: oktaUser('ada@example.com', { externalId: 'person-1' }) })
  await scim(`/Users/${first.id}`, { method: 'DELETE' })
  const second = await scim('/Users', { body: oktaUser('ada@example.com', { externalId: 'person-2' }) })
  expect(second.status).toBe(201)
  expect(second.body.id).not.toBe(first.id)
  expect(await userRow(server, first.id)).toMatchObject({
    deleted_at: expect.any(Number),
    email: 'ada@example.com',
    external_id: 'person-1',
  })
  await scim(`/Users/${second.body.id}`, { method: 'DELETE' })
  const firstAgain = await scim('/Users', { body: oktaUser('ada@example.com', { externalId: 'person-1' }) })
  expect(firstAgain.body.id).toBe(first.id)
})

test('an account cannot come back while another user has its address', async () => {
  const { scim } = await startScim()
  const { body: first } = await scim('/Users', { body: oktaUser('ada@example.com', { externalId: 'person-1' }) })
  await scim(`/Users/${first.id}`, { method: 'DELETE' })
  await scim('/Users', { body: oktaUser('ada@example.com', { externalId: 'person-2' }) })
  const refused = await scim('/Users', { body: oktaUser('ada@example.com', { externalId: 'person-1' }) })
  expectRefusal(refused, 409, 'uniqueness')
})

test('a person restored as inactive stays locked', async () => {
  const server = await startScim()
  const [id = ''] = await createUsers(server.scim, 'ada@example.com')
  await server.scim(`/Users/${id}`, { method: 'DELETE' })
  const again = await server.scim('/Users', { body: oktaUser('ada@example.com', { active: false }) })
  expect([again.body.id, again.body.active, (await userRow(server, id)).status]).toEqual([id, false, 'locked'])
})

test('users of another node cannot be seen or changed, and their addresses are taken', async () => {
  const { scim, addMethod } = await startScim()
  const other = await addMethod()
  const { body: ada } = await scim(`${other.base}/Users`, { token: other.token, body: oktaUser('ada@example.com') })
  for (const request of [
    { method: 'GET' },
    { method: 'PUT', body: oktaUser('ada@example.com') },
    { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) },
    { method: 'DELETE' },
  ]) {
    expectRefusal(await scim(`/Users/${ada.id}`, request), 404)
  }
  expect((await scim('/Users')).body.totalResults).toBe(0)
  expect((await scim(`/Users?filter=${encodeURIComponent('userName eq "ada@example.com"')}`)).body.totalResults).toBe(0)
  expectRefusal(await scim('/Groups', { body: oktaGroup('Staff', [ada.id]) }), 400, 'invalidValue')
  expectRefusal(await scim('/Users', { body: oktaUser('ADA@example.com') }), 409, 'uniqueness')
  const [grace = ''] = await createUsers(scim, 'grace@example.com')
  expectRefusal(await scim(`/Users/${grace}`, { method: 'PUT', body: oktaUser('ada@example.com') }), 409, 'uniqueness')
  expect((await scim(`${other.base}/Users/${ada.id}`, { token: other.token })).body).toEqual(ada)
})

test('changes of one user that come together all hold: the last one of them is what is shown, and each counts a version', async () => {
  const { scim } = await startScim()
  const [id = ''] = await createUsers(scim, 'ada@example.com')
  const changes = Array.from({ length: 20 }, (_, i) => ({ op: 'replace', path: i % 2 ? 'title' : 'nickName', value: `value ${i}` }))
  const answers = await Promise.all(changes.map((change) => scim(`/Users/${id}`, { method: 'PATCH', body: patchOf(change) })))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  const versions = answers.map(({ body }) => body.meta.version).toSorted()
  expect(versions).toEqual(Array.from({ length: 20 }, (_, i) => `W/"${i + 2}"`).toSorted())
  const last = answers.find(({ body }) => body.meta.version === 'W/"21"')
  expect((await scim(`/Users/${id}`)).body).toEqual(last?.body)
})

test('of twenty requests that create a deleted person again at the same time, one gives the account back', async () => {
  const { scim } = await startScim()
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  await scim(`/Users/${ada}`, { method: 'DELETE' })
  const answers = await Promise.all(Array.from({ length: 20 }, () => scim('/Users', { body: oktaUser('ada@example.com') })))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(19).fill(409)])
  expect(answers.find(({ status }) => status === 201)?.body.id).toBe(ada)
  expect((await scim('/Users?count=0')).body.totalResults).toBe(1)
})
