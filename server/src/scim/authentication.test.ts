import { expect, test } from 'vitest'
import { findMethod, saveMethod, setPaused } from '../provisioning/methods.ts'
import { issueToken, revokeToken, validTokens } from '../provisioning/tokens.ts'
import { expectRefusal, oktaUser, patchOf, startScim } from './testing-server.ts'

const oktaTests = ['/Users?startIndex=1&count=2', '/Users?count=1&startIndex=1', '/Groups?startIndex=1&count=100']

test('until the method is saved, the test of the credentials fails and says why; saved, it passes with nobody provisioned', async () => {
  const { scim, addMethod, write } = await startScim()
  const { base, token, methodId } = await addMethod({ draft: true })
  for (const path of oktaTests) {
    const refused = await scim(`${base}${path}`, { token })
    expectRefusal(refused, 401)
    expect(refused.body.detail).toMatch(/has not been saved/)
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer /)
  }
  await write((trx) => saveMethod(trx, methodId, 'test', Date.now()))
  for (const path of oktaTests) {
    const passed = await scim(`${base}${path}`, { token })
    expect(passed.status).toBe(200)
    expect(passed.body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 0,
      startIndex: 1,
      itemsPerPage: 0,
      Resources: [],
    })
  }
})

test('the token is accepted without the word Bearer, and whatever the case of that word', async () => {
  const { scim, token } = await startScim()
  for (const authorization of [token, `Bearer ${token}`, `bearer ${token}`, `BEARER  ${token}`]) {
    expect((await scim('/Users', { headers: { authorization } })).status).toBe(200)
  }
})

test('no token, an unknown one, half of one and another scheme are refused with what to send', async () => {
  const { scim, token } = await startScim()
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    'Bearer nonsense',
    `Bearer ${token.slice(0, -1)}`,
    `Basic ${token}`,
    `${token} ${token}`,
  ]) {
    const refused = await scim('/Users', { token: '', headers: authorization === '' ? {} : { authorization } })
    expectRefusal(refused, 401)
    expect(refused.body.detail).toMatch(/Authorization: Bearer/)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="Claviger SCIM"')
  }
  expectRefusal(await scim('/Me', { token: '' }), 401)
  expectRefusal(await scim('/Bulk', { token: '', body: {} }), 401)
})

test('while a token is rotated both work; the revoked one is refused afterwards, and so is an expired one', async () => {
  const { db, scim, token, methodId, write } = await startScim()
  const method = await findMethod(db, methodId)
  const newToken = await write((trx) => issueToken(trx, method, 'test', Date.now()))
  expect((await scim('/Users', { token })).status).toBe(200)
  expect((await scim('/Users', { token: newToken })).status).toBe(200)
  const [first] = await validTokens(db, methodId, Date.now())
  await write((trx) => revokeToken(trx, method, first?.id ?? '', 'test', Date.now()))
  const revoked = await scim('/Users', { token })
  expectRefusal(revoked, 401)
  expect(revoked.body.detail).toMatch(/revoked/)
  expect((await scim('/Users', { token: newToken })).status).toBe(200)
  const expired = await write((trx) => issueToken(trx, method, 'test', Date.now(), Date.now() - 1))
  const refused = await scim('/Users', { token: expired })
  expectRefusal(refused, 401)
  expect(refused.body.detail).toMatch(/expired/)
})

test('a method never has three valid tokens, not even where three are asked for at once', async () => {
  const { db, methodId, write } = await startScim()
  const method = await findMethod(db, methodId)
  const asked = await Promise.allSettled([1, 2, 3].map(() => write((trx) => issueToken(trx, method, 'test', Date.now()))))
  expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await validTokens(db, methodId, Date.now())).toHaveLength(2)
})

test('the token of one node opens no other, whether that has a method or not', async () => {
  const { scim, token, addMethod, rootNodeId, origin } = await startScim()
  const other = await addMethod()
  for (const base of [other.base, `${origin}/scim/v2/${rootNodeId}`, `${origin}/scim/v2/nothing`]) {
    const refused = await scim(`${base}/Users`, { token })
    expectRefusal(refused, 401)
    expect(refused.body.detail).toMatch(/another node/)
  }
  expect((await scim(`${other.base}/Users`, { token: other.token })).status).toBe(200)
})

test('while a method is paused nothing is read or changed, and directories are told when to try again', async () => {
  const { db, scim, methodId, write } = await startScim()
  const { body: ada } = await scim('/Users', { body: oktaUser('ada@example.com') })
  await write((trx) => setPaused(trx, methodId, true, 'test', Date.now()))
  const before = await db.selectFrom('users').selectAll().execute()
  const answers = await Promise.all([
    scim('/Users', { body: oktaUser('grace@example.com') }),
    scim(`/Users/${ada.id}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) }),
    scim(`/Users/${ada.id}`, { method: 'DELETE' }),
    scim('/Users'),
  ])
  for (const answer of answers) {
    expectRefusal(answer, 503)
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    expect(answer.body.detail).toMatch(/paused.*Resume/)
  }
  expect(await db.selectFrom('users').selectAll().execute()).toEqual(before)
  await write((trx) => setPaused(trx, methodId, false, 'test', Date.now()))
  expect((await scim('/Users', { body: oktaUser('grace@example.com') })).status).toBe(201)
})

test('whoever guesses tokens is stopped, on every server process, while right tokens pass from the same address', async () => {
  const { scim, base, startAnother } = await startScim()
  const another = (await startAnother()) + new URL(base).pathname
  const guesses = []
  for (let i = 0; i < 40; i++) guesses.push((await scim(`${i % 2 ? base : another}/Users`, { token: `guess-${i}` })).status)
  expect(guesses).toEqual([...Array(30).fill(401), ...Array(10).fill(429)])
  for (const origin of [base, another]) {
    const refused = await scim(`${origin}/Users`, { token: 'guess' })
    expectRefusal(refused, 429)
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d?$/)
    expect((await scim(`${origin}/Users`)).status).toBe(200)
  }
})

test('a token may make so many requests a second, counted over all server processes; another token is not held up', async () => {
  const { scim, base, startAnother, addMethod } = await startScim({ scimRate: 5 })
  const another = (await startAnother({ scimRate: 5 })) + new URL(base).pathname
  const other = await addMethod()
  const started = Date.now()
  const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => scim(`${i % 2 ? base : another}/Users`)))
  const seconds = Math.ceil((Date.now() - started) / 1000)
  const refused = answers.filter(({ status }) => status === 429)
  const passed = answers.filter(({ status }) => status === 200).length
  expect([passed >= 5, passed <= 5 * seconds, passed + refused.length]).toEqual([true, true, 60])
  expect(refused.length).toBeGreaterThan(0)
  for (const answer of refused) {
    expectRefusal(answer, 429)
    expect(answer.headers.get('retry-after')).toBe('1')
  }
  expect((await scim(`${other.base}/Users`, { token: other.token })).status).toBe(200)
})

test('when a token was last used is kept', async () => {
  const { db, scim } = await startScim()
  const lastUsed = async () => (await db.selectFrom('provisioning_tokens').select('last_used_at').executeTakeFirstOrThrow()).last_used_at
  expect(await lastUsed()).toBeNull()
  const before = Date.now()
  await scim('/Users')
  await expect.poll(lastUsed).toBeGreaterThanOrEqual(before)
})
