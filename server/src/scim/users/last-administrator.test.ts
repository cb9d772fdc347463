import { expect, test } from 'vitest'
import { expectRefusal, oktaUser, patchOf, startScim, type TestServer } from '../testing-server.ts'

/** A directory that provisions the node of the administrators themselves. */
async function startAtTheRoot() {
  const server = await startScim()
  const { db, rootNodeId } = server
  const { base, token } = await server.addMethod({ nodeId: rootNodeId })
  const scim: TestServer['scim'] = (path, request = {}) => server.scim(`${base}${path}`, { token, ...request })
  const { id: first } = await db.selectFrom('users').select('id').where('email', '=', 'admin@example.com').executeTakeFirstOrThrow()
  const addAdministrator = async (email: string): Promise<string> => {
    const { body } = await scim('/Users', { body: oktaUser(email) })
    await server.write((trx) =>
      trx.insertInto('administrators').values({ user_id: body.id, node_id: rootNodeId, role: 'full', created_at: Date.now() }).execute(),
    )
    return body.id
  }
  const activeAdministrators = async () =>
    db
      .selectFrom('administrators')
      .innerJoin('users', 'users.id', 'administrators.user_id')
      .select('users.id')
      .where('users.status', '!=', 'locked')
      .where('users.deleted_at', 'is', null)
      .execute()
  return { scim, first, addAdministrator, activeAdministrators, db }
}

const waysOut = [
  ['PATCH', patchOf({ op: 'replace', value: { active: false } })],
  ['PATCH', patchOf({ op: 'Replace', path: 'active', value: 'False' })],
  ['PUT', oktaUser('admin@example.com', { active: false })],
  ['DELETE', undefined],
] as const

test('the last administrator can be neither locked nor deleted by a directory, and the refusal says why', async () => {
  const { scim, first, activeAdministrators, db } = await startAtTheRoot()
  const before = await db.selectFrom('users').selectAll().execute()
  for (const [method, body] of waysOut) {
    const refused = await scim(`/Users/${first}`, { method, ...(body && { body }) })
    expectRefusal(refused, 403)
    expect(refused.body.detail).toMatch(/last administrator.*somebody else/)
  }
  expect(await activeAdministrators()).toEqual([{ id: first }])
  expect(await db.selectFrom('users').selectAll().execute()).toEqual(before)
  const renamed = await scim(`/Users/${first}`, { method: 'PATCH', body: patchOf({ op: 'replace', path: 'title', value: 'Boss' }) })
  expect([renamed.status, renamed.body.title]).toEqual([200, 'Boss'])
})

test('one of two administrators can be locked, and then the other one is the last', async () => {
  const { scim, first, addAdministrator } = await startAtTheRoot()
  const second = await addAdministrator('second@example.com')
  expect((await scim(`/Users/${second}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) })).status).toBe(200)
  expectRefusal(await scim(`/Users/${first}`, { method: 'DELETE' }), 403)
  expect((await scim(`/Users/${second}`, { method: 'DELETE' })).status).toBe(204)
})

test('two administrators whom the directory locks and deletes at the same moment do not both go', async () => {
  const { scim, first, addAdministrator, activeAdministrators } = await startAtTheRoot()
  let other = await addAdministrator('second@example.com')
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all([
      scim(`/Users/${first}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) }),
      scim(`/Users/${other}`, { method: 'DELETE' }),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([answers[0].status === 200 ? 200 : 204, 403])
    expect(await activeAdministrators()).toHaveLength(1)
    if (answers[0].status === 200)
      await scim(`/Users/${first}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: true } }) })
    else other = await addAdministrator(`another-${round}@example.com`)
  }
})

test('a bulk request that deletes all administrators stops at the last one', async () => {
  const { scim, first, addAdministrator, activeAdministrators } = await startAtTheRoot()
  const second = await addAdministrator('second@example.com')
  const answer = await scim('/Bulk', {
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [first, second].map((id) => ({ method: 'DELETE', path: `/Users/${id}` })),
    },
  })
  expect(answer.body.Operations.map(({ status }: { status: string }) => status)).toEqual(['204', '403'])
  expect(await activeAdministrators()).toEqual([{ id: second }])
})
