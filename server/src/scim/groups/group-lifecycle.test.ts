import { expect, test } from 'vitest'
import { setLimits } from '../../safety/limits.ts'
import { newId } from '../../storage/id.ts'
import { createUsers, expectRefusal, memberIds, oktaGroup, patchOf, startScim, type TestServer } from '../testing-server.ts'

test('two teams of a node cannot have one name, whatever the case; another node can use it too', async () => {
  const { scim, addMethod } = await startScim()
  const { body: staff } = await scim('/Groups', { body: oktaGroup('Stäff') })
  const { body: crew } = await scim('/Groups', { body: oktaGroup('Crew') })
  for (const name of ['Stäff', 'STÄFF', ' stäff ', 'Sta\u0308ff']) {
    expectRefusal(await scim('/Groups', { body: oktaGroup(name) }), 409, 'uniqueness')
    expectRefusal(await scim(`/Groups/${crew.id}`, { method: 'PUT', body: oktaGroup(name) }), 409, 'uniqueness')
    const rename = patchOf({ op: 'replace', value: { id: crew.id, displayName: name } })
    expectRefusal(await scim(`/Groups/${crew.id}`, { method: 'PATCH', body: rename }), 409, 'uniqueness')
  }
  expect((await scim(`/Groups/${crew.id}`)).body).toEqual(crew)
  const spelling = await scim(`/Groups/${staff.id}`, { method: 'PUT', body: oktaGroup('STÄFF') })
  expect([spelling.status, spelling.body.displayName]).toEqual([200, 'STÄFF'])
  const other = await addMethod()
  expect((await scim(`${other.base}/Groups`, { token: other.token, body: oktaGroup('Stäff') })).status).toBe(201)
})

test('of twenty parallel pushes of one name one makes the team, and nineteen are told that it exists', async () => {
  const { scim } = await startScim()
  const answers = await Promise.all(Array.from({ length: 20 }, () => scim('/Groups', { body: oktaGroup('Staff') })))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(19).fill(409)])
  expect((await scim('/Groups')).body.totalResults).toBe(1)
})

test('a PUT makes the whole group what it says: name, externalId and members, which it takes away where it names none', async () => {
  const { scim } = await startScim()
  const [ada = '', grace = ''] = await createUsers(scim, 'ada@example.com', 'grace@example.com')
  const { body: group } = await scim('/Groups', { body: oktaGroup('Staff', [ada], { externalId: 'x' }) })
  const put = await scim(`/Groups/${group.id}`, { method: 'PUT', body: oktaGroup('Crew', [grace], { id: 'ignored' }) })
  expect(put.body).toMatchObject({ id: group.id, displayName: 'Crew', members: [{ value: grace }] })
  expect(put.body).not.toHaveProperty('externalId')
  expect(put.headers.get('etag')).toBe(put.body.meta.version)
  expect((await scim(`/Groups/${group.id}`, { method: 'PUT', body: { displayName: 'Crew' } })).body.members).toEqual([])
  expectRefusal(await scim(`/Groups/${group.id}`, { method: 'PUT', body: { members: [] } }), 400, 'invalidValue')
  expectRefusal(await scim(`/Groups/${newId()}`, { method: 'PUT', body: oktaGroup('New') }), 404)
})

test('deleting the pushed group archives the team: gone for the directory, its name free, its members kept inside', async () => {
  const { scim, db } = await startScim()
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  const { body: group } = await scim('/Groups', { body: oktaGroup('Staff', [ada]) })
  const deleted = await scim(`/Groups/${group.id}`, { method: 'DELETE' })
  expect([deleted.status, deleted.body]).toEqual([204, undefined])
  for (const request of [
    { method: 'GET' },
    { method: 'DELETE' },
    { method: 'PUT', body: oktaGroup('Staff') },
    { method: 'PATCH', body: patchOf({ op: 'add', path: 'members', value: [{ value: ada }] }) },
  ]) {
    expectRefusal(await scim(`/Groups/${group.id}`, request), 404)
  }
  expect((await scim('/Groups')).body.totalResults).toBe(0)
  expect((await scim(`/Users/${ada}`)).body).not.toHaveProperty('groups')
  expect(await db.selectFrom('teams').select('status').where('id', '=', group.id).execute()).toEqual([{ status: 'archived' }])
  expect(await db.selectFrom('memberships').select('user_id').execute()).toEqual([{ user_id: ada }])
  const again = await scim('/Groups', { body: oktaGroup('staff') })
  expect([again.status, again.body.id === group.id, again.body.members]).toEqual([201, false, []])
})

test('teams of another node cannot be seen or changed', async () => {
  const { scim, addMethod } = await startScim()
  const other = await addMethod()
  const { body: group } = await scim(`${other.base}/Groups`, { token: other.token, body: oktaGroup('Staff') })
  for (const request of [{ method: 'GET' }, { method: 'DELETE' }, { method: 'PUT', body: oktaGroup('Mine') }]) {
    expectRefusal(await scim(`/Groups/${group.id}`, request), 404)
  }
  expect((await scim('/Groups')).body.totalResults).toBe(0)
  expect((await scim(`${other.base}/Groups/${group.id}`, { token: other.token })).body).toEqual(group)
})

test('the extra schema of Entra ID, and members that are groups', async () => {
  const { scim } = await startScim()
  const schemas = [
    'urn:ietf:params:scim:schemas:core:2.0:Group',
    'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
  ]
  const { status, body } = await scim('/Groups', { body: { schemas, displayName: 'Staff', externalId: 'guid', members: [] } })
  expect([status, body.schemas]).toEqual([201, [schemas[0]]])
  const nested = await scim('/Groups', { body: { displayName: 'Outer', members: [{ value: body.id, type: 'Group' }] } })
  expectRefusal(nested, 400, 'invalidValue')
  expect(nested.body.detail).toMatch(/push the users/)
})

/** Members by the thousand, put into the store directly. */
async function fillTeam({ db, write, nodeId, enterpriseId }: TestServer, teamId: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId)
  const sample = await db.selectFrom('users').selectAll().where('node_id', '=', nodeId).executeTakeFirstOrThrow()
  await write(async (trx) => {
    for (let from = 0; from < count; from += 500) {
      const part = ids.slice(from, from + 500)
      const users = part.map((id, i) => {
        const email = `member${from + i}@example.com`
        return { ...sample, id, enterprise_id: enterpriseId, email, email_key: email, external_id: null }
      })
      await trx.insertInto('users').values(users).execute()
      const rows = part.map((id) => ({ team_id: teamId, user_id: id, state: 'pending' as const, created_at: 0 }))
      await trx.insertInto('memberships').values(rows).execute()
    }
  })
  return ids
}

test('a group of 5,000 members comes whole, in order and once each, or without its members where they are not wanted', async () => {
  const server = await startScim()
  const { scim } = server
  await server.write((trx) => setLimits(trx, server.methodId, { on: false }, 'test', Date.now()))
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  const { body: group } = await scim('/Groups', { body: oktaGroup('Everybody', [ada]) })
  const ids = await fillTeam(server, group.id, 5_000)
  expect(await memberIds(scim, group.id)).toEqual([ada, ...ids])
  const bare = await scim(`/Groups/${group.id}?excludedAttributes=members`)
  expect(bare.body).toEqual({ ...(({ members: _, ...rest }) => rest)(group) })
  const projected = await scim(`/Groups/${group.id}?attributes=members.value`)
  expect(Object.keys(projected.body)).toEqual(['schemas', 'id', 'members'])
  expect(projected.body.members).toEqual([ada, ...ids].map((value) => ({ value })))
  expect((await scim('/Groups?excludedAttributes=members')).body.Resources).toEqual([bare.body])
  expect((await scim('/Groups')).body.Resources[0].members).toHaveLength(5_001)
  const add = patchOf({ op: 'remove', path: 'members', value: ids.slice(1).map((value) => ({ value })) })
  expect((await scim(`/Groups/${group.id}`, { method: 'PATCH', body: add })).status).toBe(204)
  expect(await memberIds(scim, group.id)).toEqual([ada, ids[0]])
  const all = patchOf({ op: 'replace', path: 'members', value: ids.map((value) => ({ value })) })
  expect((await scim(`/Groups/${group.id}`, { method: 'PATCH', body: all })).status).toBe(204)
  expect(await memberIds(scim, group.id)).toEqual(ids)
})

test('a projection that leaves nothing of a member leaves no members', async () => {
  const { scim } = await startScim()
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  const { body: group } = await scim('/Groups', { body: oktaGroup('Staff', [ada]) })
  const answer = await scim(`/Groups/${group.id}?excludedAttributes=members.value,members.$ref,members.type,members.display`)
  expect([answer.status, answer.body.members]).toEqual([200, []])
})

test('a projection that cannot be is refused before anything is made', async () => {
  const { scim } = await startScim()
  for (const path of ['/Groups', '/Users']) {
    const body = path === '/Groups' ? oktaGroup('Staff') : { userName: 'ada@example.com' }
    expectRefusal(await scim(`${path}?attributes=id&excludedAttributes=meta`, { body }), 400, 'invalidValue')
    expect((await scim(path)).body.totalResults).toBe(0)
  }
})
