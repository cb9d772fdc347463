import { expect, test } from 'vitest'
import { patchOf } from '../scim/testing-server.ts'
import type { AdministratorRole } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { startPeople, type TestPerson } from './testing-people.ts'

async function start() {
  const people = await startPeople()
  const administrator = (email: string, role: AdministratorRole, node = people.rootNodeId) =>
    people.person(email, { nodeId: people.rootNodeId, roles: [[node, role]] })
  const boss = await administrator('boss@example.com', 'full')
  const act = (by: TestPerson, who: TestPerson, verb: string, body: object = {}) => by.ask(`/api/v1/users/${who.userId}/${verb}`, body)
  const active = (value: boolean) => patchOf({ op: 'replace', value: { active: value } })
  const directory = (who: TestPerson, value: boolean) => people.scim(`/Users/${who.userId}`, { method: 'PATCH', body: active(value) })
  const lastLine = async () => (await people.db.selectFrom('provisioning_log').selectAll().orderBy('id', 'desc').limit(1).execute())[0]
  return { ...people, administrator, boss, act, directory, lastLine }
}

/** What waits to be let in: a device, and a sign-in between its steps. */
async function insertWaiting({ write }: Awaited<ReturnType<typeof start>>, userId: string) {
  const request = newId()
  await write(async (trx) => {
    const times = { created_at: 1, expires_at: Date.now() + 60_000, decided_at: null, decided_by: null }
    const device = { device_id: newId(), device: '{}', name: 'Phone', secret_hash: request, state: 'pending' as const }
    await trx
      .insertInto('device_requests')
      .values({ ...device, ...times, id: request, user_id: userId })
      .execute()
    const signIn = { stage: 'password' as const, state: '{}', device_id: null, attempts: 0, expires_at: times.expires_at }
    await trx
      .insertInto('sign_ins')
      .values({ ...signIn, id: newId(), user_id: userId })
      .execute()
  })
}

test('a lock by the directory ends sessions, sign-ins and waiting devices at once; an unlock brings back all but those', async () => {
  const context = await start()
  const { person, team, directory, db, signIn } = context
  const ada = await person('ada@example.com')
  const teamId = await team('Team', [ada])
  await insertWaiting(context, ada.userId)
  expect((await ada.ask('/api/v1/changes')).status).toBe(200)
  expect((await directory(ada, false)).status).toBe(200)
  expect((await ada.ask('/api/v1/changes')).status).toBe(401)
  expect(await db.selectFrom('device_requests').select('state').execute()).toEqual([{ state: 'cancelled' }])
  expect(await db.selectFrom('sign_ins').select('id').where('user_id', '=', ada.userId).execute()).toEqual([])
  expect((await directory(ada, true)).status).toBe(200)
  // The session is over for good: unlocked people sign in again.
  expect((await ada.ask('/api/v1/changes')).status).toBe(401)
  expect((await (await signIn(ada.userId, ada.email)).ask('/api/v1/changes')).status).toBe(200)
  const membership = await db.selectFrom('memberships').select(['state', 'epoch']).where('team_id', '=', teamId).execute()
  expect(membership).toEqual([{ state: 'active', epoch: 1 }])
  expect((await db.selectFrom('teams').select('rotation_due').where('id', '=', teamId).executeTakeFirstOrThrow()).rotation_due).toBe(0)
})

test('a session that a sign-in leaves behind while the account is locked does not live on after the unlock', async () => {
  const { person, directory, signIn } = await start()
  const ada = await person('ada@example.com')
  await directory(ada, false)
  const late = await signIn(ada.userId, ada.email).catch(() => undefined)
  await directory(ada, true)
  expect(late === undefined ? 401 : (await late.ask('/api/v1/changes')).status).toBe(401)
})

test('deleting by the directory ends sessions too', async () => {
  const { person, scim } = await start()
  const ada = await person('ada@example.com')
  expect((await scim(`/Users/${ada.userId}`, { method: 'DELETE' })).status).toBe(204)
  expect((await ada.ask('/api/v1/changes')).status).toBe(401)
})

test('a directory’s lock that leaves a team with nobody who holds its key is flagged in the provisioning log, with advice', async () => {
  const { person, team, directory, lastLine, scim } = await start()
  const [ada, ben, eve] = [await person('ada@example.com'), await person('ben@example.com'), await person('eve@example.com')]
  await team('Both', [ada, ben], { pending: [eve] })
  await directory(ada, false)
  expect(await lastLine()).toMatchObject({ operation: 'user.lock', advice: null })
  await directory(ben, false)
  const line = await lastLine()
  expect(line?.summary).toMatch(/Locked ben@example.com.* Nobody who is active holds the key of Both any more/)
  expect(line?.advice).toMatch(/Unlock one of the members of Both/)
  await directory(ben, true)
  await scim(`/Users/${ben.userId}`, { method: 'DELETE' })
  expect((await lastLine())?.advice).toMatch(/Unlock one of the members of Both/)
})

test('where approvers still hold the key, the flag says so', async () => {
  const { person, team, directory, lastLine, write, enterpriseId, boss } = await start()
  const ada = await person('ada@example.com')
  const teamId = await team('Solo', [ada])
  await write(async (trx) => {
    await trx.insertInto('team_grants').values({ team_id: teamId, epoch: 1, approver_epoch: 1, key_grant: '{}', created_at: 1 }).execute()
    const held = { enterprise_id: enterpriseId, kind: 'approver-key' as const, epoch: 1, holder_id: boss.userId, wrap: '{}' }
    await trx.insertInto('held_keys').values(held).execute()
  })
  await directory(ada, false)
  expect((await lastLine())?.summary).toMatch(/On Solo no member who is active holds the key any more: only approvers/)
})

test('an administrator’s lock warns of teams that it would close, and does it when confirmed', async () => {
  const { person, team, act, boss, db } = await start()
  const ada = await person('ada@example.com')
  const teamId = await team('Solo', [ada])
  const warned = await act(boss, ada, 'lock')
  expect(warned).toMatchObject({
    status: 200,
    body: { outcome: 'confirm', teams: [{ teamId, name: 'Solo', approversHold: false }], directory: true },
  })
  expect((await ada.ask('/api/v1/changes')).status).toBe(200)
  expect((await act(boss, ada, 'delete')).body).toMatchObject({ outcome: 'confirm' })
  expect((await act(boss, ada, 'lock', { confirm: true })).body).toMatchObject({ outcome: 'done' })
  expect((await ada.ask('/api/v1/changes')).status).toBe(401)
  expect((await act(boss, ada, 'lock')).body).toMatchObject({ outcome: 'done', teams: [] })
  expect((await act(boss, ada, 'unlock')).body).toEqual({ status: 'active' })
  expect((await act(boss, ada, 'unlock')).status).toBe(409)
  expect((await act(boss, ada, 'delete', { confirm: true })).body).toMatchObject({ outcome: 'done' })
  const row = await db.selectFrom('users').select(['status', 'deleted_at']).where('id', '=', ada.userId).executeTakeFirstOrThrow()
  expect([row.status, row.deleted_at]).toEqual(['locked', expect.any(Number)])
  const actions = await db.selectFrom('audit_log').select(['actor', 'action']).where('subject_id', '=', ada.userId).orderBy('id').execute()
  expect(actions.filter(({ actor }) => actor === `user:${boss.userId}`).map(({ action }) => action)).toEqual([
    'user.locked',
    'user.unlocked',
    'user.deleted',
  ])
})

test('roles bound what an administrator does, and where', async () => {
  const { person, administrator, act, node, nodeId } = await start()
  const south = await node('South')
  const [near, far] = [await person('near@example.com'), await person('far@example.com', { nodeId: south })]
  const users = await administrator('users@example.com', 'users-and-teams', nodeId)
  for (const role of ['approvals', 'read-only'] as const) {
    const small = await administrator(`${role}@example.com`, role, nodeId)
    for (const verb of ['lock', 'unlock', 'delete']) expect((await act(small, near, verb)).status).toBe(403)
  }
  for (const verb of ['lock', 'unlock', 'delete']) {
    expect((await act(users, far, verb)).status).toBe(404)
    expect((await act(near, far, verb)).status).toBe(404)
    expect((await act(near, near, verb)).status).toBe(404)
  }
  expect((await act(users, near, 'lock')).body).toMatchObject({ outcome: 'done' })
  expect((await act(users, near, 'unlock')).status).toBe(200)
})

test('who may lock people in a node cannot lock an administrator from above who lives in it', async () => {
  const { person, administrator, act, nodeId, rootNodeId, boss } = await start()
  const above = await person('above@example.com', { roles: [[rootNodeId, 'read-only']] })
  const local = await administrator('local@example.com', 'full', nodeId)
  expect((await act(local, above, 'lock')).status).toBe(403)
  expect((await act(local, above, 'delete')).status).toBe(403)
  expect((await act(boss, above, 'lock')).body).toMatchObject({ outcome: 'done' })
  expect((await act(local, above, 'unlock')).status).toBe(403)
})

test('the last full administrator of the root can be neither locked nor deleted, whatever other administrators there are', async () => {
  const { administrator, act, boss, write, db, nodeId } = await start()
  // The one who was invited to set up has not registered, and could name nobody.
  await administrator('local@example.com', 'full', nodeId)
  await administrator('users@example.com', 'users-and-teams')
  for (const verb of ['lock', 'delete']) {
    const refused = await act(boss, boss, verb, { confirm: true })
    expect(refused).toMatchObject({ status: 403, body: { message: expect.stringMatching(/last administrator/) } })
  }
  const second = await administrator('second@example.com', 'full')
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all([act(boss, second, 'lock', { confirm: true }), act(second, boss, 'lock', { confirm: true })])
    // One is done; the other one finds its session over, or themselves the last.
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const full = await db
      .selectFrom('users')
      .select('id')
      .where('status', '=', 'active')
      .where('email', 'in', [boss.email, second.email])
      .execute()
    expect(full).toHaveLength(1)
    await write((trx) => trx.updateTable('users').set({ status: 'active' }).where('email', 'in', [boss.email, second.email]).execute())
    await write((trx) => trx.updateTable('sessions').set({ ended_at: null }).execute())
  }
})
