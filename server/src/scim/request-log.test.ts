import { expect, test } from 'vitest'
import { createUsers, oktaGroup, oktaUser, patchOf, startScim, type TestServer } from './testing-server.ts'

const SECRET = 'correct-horse-battery'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** Every row of every table, as text. */
async function dump(db: TestServer['db']): Promise<string> {
  const tables = await db.introspection.getTables()
  expect(tables.length).toBeGreaterThan(15)
  const rows = await Promise.all(
    tables.map(({ name }) =>
      db
        .selectFrom(name as 'users')
        .selectAll()
        .execute(),
    ),
  )
  return JSON.stringify(rows)
}

test('no password that a directory sends is anywhere in the store', async () => {
  const { scim, db, log } = await startScim()
  const { body: ada } = await scim('/Users', { body: oktaUser('ada@example.com', { password: SECRET, PassWord: SECRET }) })
  await scim('/Users', { body: oktaUser('nobody', { password: SECRET }) })
  await scim(`/Users/${ada.id}`, { method: 'PUT', body: oktaUser('ada@example.com', { password: SECRET, [`${USER}:password`]: SECRET }) })
  const operations = [
    { op: 'replace', path: 'password', value: SECRET },
    { op: 'replace', path: `${USER}:password`, value: SECRET },
    { OP: 'Replace', Path: 'PASSWORD', Value: SECRET },
    { op: 'replace', value: { password: SECRET } },
    { op: 'add', value: { [`${USER}:password`]: SECRET, title: 'Countess' } },
    { op: 'replace', path: 'password', value: { value: SECRET } },
    { op: 'replace', path: 'password', value: [SECRET] },
  ]
  for (const operation of operations) await scim(`/Users/${ada.id}`, { method: 'PATCH', body: patchOf(operation) })
  const Operations = [
    { method: 'POST', path: '/Users', bulkId: '1', data: oktaUser('grace@example.com', { password: SECRET }) },
    { method: 'PATCH', path: `/Users/${ada.id}`, data: patchOf({ op: 'replace', path: 'password', value: SECRET }) },
  ]
  await scim('/Bulk', { body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations } })
  await scim('/Users', { body: `{"userName": "x@example.com", "password": "${SECRET}"` })
  const lines = await log(3 + operations.length + 2)
  expect(lines.filter(({ request_body: body }) => body?.includes('[redacted]')).length).toBe(lines.length - 1)
  const everything = await dump(db)
  expect(everything).toContain('ada@example.com')
  expect(everything).not.toContain(SECRET)
})

test('the token is nowhere in the store', async () => {
  const { scim, db, token, log } = await startScim()
  await scim('/Users')
  await scim('/Users', { headers: { authorization: `Bearer ${token}x` } })
  await log(1)
  expect(await dump(db)).not.toContain(token)
})

test('every request of a directory has its line: who, what, to whom, and what became of it', async () => {
  const { scim, log, methodId, enterpriseId, db } = await startScim()
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  const { body: group } = await scim('/Groups', { body: oktaGroup('Staff', [ada]) })
  await scim(`/Users/${ada}`)
  await scim('/Users?startIndex=1&count=2')
  await scim(`/Groups/${group.id}`)
  await scim('/Groups')
  await scim('/.search', { body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] } })
  await scim(`/Users/${ada}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) })
  await scim(`/Users/${ada}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) })
  await scim(`/Groups/${group.id}`, { method: 'DELETE' })
  await scim(`/Users/${ada}`, { method: 'DELETE' })
  const lines = await log(11)
  const told = lines.map(({ operation, status, subject_id, summary }) => [operation, status, subject_id, summary])
  expect(told).toEqual(
    expect.arrayContaining([
      ['user.create', 201, ada, 'Created ada@example.com and queued the invitation.'],
      [
        'team.create',
        201,
        group.id,
        'Created the pending team Staff: an approver must approve it. Team Staff: added 1 member (pending until approved).',
      ],
      ['user.read', 200, ada, 'Read ada@example.com.'],
      ['user.list', 200, null, 'Listed 1 of 1 users.'],
      ['team.read', 200, group.id, 'Read team Staff.'],
      ['team.list', 200, null, 'Listed 1 of 1 teams.'],
      ['search', 200, null, 'Searched users and teams: found 2.'],
      ['user.lock', 200, ada, 'Locked ada@example.com: every session has ended.'],
      ['user.update', 200, ada, 'ada@example.com was like this already: nothing changed.'],
      ['team.archive', 204, group.id, 'Archived team Staff: nothing of it is lost until an administrator purges it.'],
      ['user.delete', 204, ada, 'Deleted ada@example.com: locked, taken off every team, the account kept for the retention time.'],
    ]),
  )
  expect(lines).toHaveLength(11)
  const { id } = await db.selectFrom('provisioning_tokens').select('id').executeTakeFirstOrThrow()
  for (const line of lines) {
    expect(line).toMatchObject({
      method_id: methodId,
      token_id: id,
      enterprise_id: enterpriseId,
      path: expect.stringContaining('/scim/v2/'),
    })
  }
})

test('a refused request has one line, with the words that the directory got and what to do; also where it broke before it began', async () => {
  const { scim, log } = await startScim()
  await createUsers(scim, 'ada@example.com')
  const refused = [
    await scim('/Users', { body: oktaUser('ada') }),
    await scim('/Users', { body: oktaUser('ADA@example.com') }),
    await scim('/Users', { body: '{' }),
    await scim('/Users', { body: 'x', headers: { 'content-type': 'text/plain' } }),
    await scim('/Users?attributes=id&excludedAttributes=id', { body: oktaUser('new@example.com') }),
    await scim('/Users?filter=nonsense'),
    await scim('/Users/.search', { body: {} }),
    await scim('/Users/01920000-0000-7000-8000-000000000000'),
    await scim('/Users/01920000-0000-7000-8000-000000000000', { method: 'DELETE' }),
    await scim('/Groups', { body: oktaGroup('Staff', ['01920000-0000-7000-8000-000000000000']) }),
    await scim('/Me'),
  ]
  const lines = (await log(1 + refused.length)).filter(({ status }) => status >= 400)
  expect(lines.map(({ detail }) => detail).toSorted()).toEqual(refused.map(({ body }) => body.detail).toSorted())
  expect(lines.every(({ summary }) => summary === 'Refused: nothing was changed.')).toBe(true)
  const adviceOn = (status: number) => lines.find((line) => line.status === status && line.advice !== null)?.advice
  expect(adviceOn(409)).toMatch(/give this one another address/)
  expect(adviceOn(404)).toMatch(/provision the person again/)
  expect(adviceOn(400)).toMatch(/before pushing the group/)
})

test('a request whose token is revoked, or whose method is not saved, has its line too', async () => {
  const { scim, addMethod, db } = await startScim()
  const draft = await addMethod({ draft: true })
  await scim(`${draft.base}/Users`, { token: draft.token })
  const line = () => db.selectFrom('provisioning_log').select(['status', 'detail', 'node_id']).executeTakeFirst()
  await expect.poll(line).toMatchObject({ status: 401, node_id: draft.nodeId, detail: expect.stringContaining('not been saved') })
})

test('audit and change feed tell of what was done, in its transaction, and of nothing that was refused', async () => {
  const { scim, db } = await startScim()
  const audited = async () => {
    const rows = await db.selectFrom('audit_log').select(['action', 'subject_id']).where('actor', 'like', 'scim:%').orderBy('id').execute()
    return rows.map(({ action, subject_id: id }) => [action, id])
  }
  const changes = async () => (await db.selectFrom('changes').select('subject_id').execute()).length
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  const before = await changes()
  await scim('/Users', { body: oktaUser('ada@example.com') })
  await scim('/Users', { body: oktaUser('nobody') })
  await scim(`/Users/${ada}`, {
    method: 'PATCH',
    body: patchOf({ op: 'replace', path: 'title', value: 'x' }, { op: 'remove', path: 'userName' }),
  })
  await scim('/Groups', { body: oktaGroup('Staff', [ada, 'nobody']) })
  expect([await audited(), await changes()]).toEqual([[['user.created', ada]], before])
  await scim(`/Users/${ada}`, { method: 'PUT', body: oktaUser('king@example.com', { active: false, title: 'Countess' }) })
  const { body: group } = await scim('/Groups', { body: oktaGroup('Staff', [ada]) })
  await scim(`/Groups/${group.id}`, { method: 'PATCH', body: patchOf({ op: 'replace', path: 'displayName', value: 'Crew' }) })
  await scim(`/Users/${ada}`, { method: 'DELETE' })
  expect((await audited()).slice(1)).toEqual([
    ['user.renamed', ada],
    ['user.updated', ada],
    ['user.locked', ada],
    ['team.created', group.id],
    ['membership.changed', group.id],
    ['team.renamed', group.id],
    ['user.deleted', ada],
  ])
  expect(await changes()).toBeGreaterThan(before)
})

test('the line of a request with many members is short, and quickly written', async () => {
  const { scim, log } = await startScim()
  const members = Array.from({ length: 50_000 }, (_, i) => ({ value: `id-${i}`, display: 'x'.repeat(50) }))
  await scim('/Groups', { body: { displayName: 'Staff', members } })
  const [line] = await log(1)
  expect(line?.request_body?.length).toBeLessThan(17_000)
  expect(line?.request_body).toMatch(/"displayName":"Staff"/)
})
