import { expect, test } from 'vitest'
import { createUsers, oktaUser, patchOf } from '../../scim/testing-server.ts'
import { type Console, get, post, startConsole } from './testing-console.ts'

const emails = (answer: { body: { users: { email: string }[] } }) => answer.body.users.map(({ email }) => email)

async function failMailOf({ write }: Console, userId: string) {
  await write((trx) =>
    trx
      .updateTable('outbox')
      .set({ state: 'failed', last_error: '550 no such user' })
      .where('invitation_id', 'in', trx.selectFrom('invitations').select('id').where('user_id', '=', userId))
      .execute(),
  )
}

test('users are listed page by page, both ways, in either order, with a true total', async () => {
  const { ada, scim } = await startConsole()
  const names = ['b', 'd', 'c', 'e', 'a'].map((name) => `${name}@list.example`)
  await createUsers(scim, ...names)
  const list = (query: Record<string, unknown>) => get(ada, '/api/v1/users', { search: 'list.example', limit: 2, ...query })
  const first = await list({})
  expect(first).toMatchObject({ status: 200, body: { total: 5, previous: null } })
  const second = await list({ after: first.body.next })
  const third = await list({ after: second.body.next })
  expect([first, second, third].flatMap(emails)).toEqual(names.toSorted())
  expect(third.body.next).toBeNull()
  expect(emails(await list({ before: third.body.previous }))).toEqual(emails(second))
  const back = await list({ before: second.body.previous })
  expect([emails(back), back.body.previous]).toEqual([emails(first), null])
  const falling = await list({ order: 'desc' })
  expect(emails(falling)).toEqual(['e@list.example', 'd@list.example'])
  expect(emails(await list({ order: 'desc', after: falling.body.next }))).toEqual(['c@list.example', 'b@list.example'])
  const made = await list({ sort: 'created', limit: 3 })
  expect([...emails(made), ...emails(await list({ sort: 'created', limit: 3, after: made.body.next }))]).toEqual(names)
  expect(emails(await list({ sort: 'created', before: made.body.next, limit: 200 }))).toEqual(names.slice(0, 2))
  expect(await list({ limit: 201 })).toMatchObject({ status: 400 })
  expect(await list({ search: 'a\0b' })).toMatchObject({ status: 400 })
})

test('users are found by part of the address, status, node and what is wrong with them', async () => {
  const server = await startConsole()
  const { ada, oscar, scim, nodeId, otherNodeId, write } = server
  const [grace = '', joan = '', mary = ''] = await createUsers(scim, 'grace@example.com', 'joan@example.com', 'mary@example.com')
  const differs = oktaUser('kay@example.com', { emails: [{ primary: true, value: 'kay.m@example.com', type: 'work' }] })
  await scim('/Users', { body: differs })
  await scim(`/Users/${mary}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) })
  await failMailOf(server, grace)
  await write((trx) => trx.updateTable('invitations').set({ expires_at: 1 }).where('user_id', '=', joan).execute())
  const found = async (query: Record<string, unknown>) => emails(await get(ada, '/api/v1/users', query))

  expect(await found({ search: 'RACE@' })).toEqual(['grace@example.com'])
  expect(await found({ search: '%' })).toEqual([])
  expect(await found({ status: 'locked' })).toEqual(['mary@example.com'])
  expect(await found({ flag: 'email-differs' })).toEqual(['kay@example.com'])
  expect(await found({ flag: 'invitation-failed' })).toEqual(['grace@example.com'])
  expect(await found({ flag: 'invitation-expired' })).toEqual(['joan@example.com'])
  expect(await found({ node: otherNodeId })).toEqual(['oscar@example.com'])
  expect((await get(ada, '/api/v1/users', { node: nodeId, status: 'invited' })).body).toMatchObject({ total: 3 })
  const { users } = (await get(ada, '/api/v1/users', { search: 'grace' })).body
  expect(users).toMatchObject([
    {
      userId: grace,
      status: 'invited',
      nodeName: 'Node 1',
      flags: ['invitation-failed'],
      invitation: { state: 'failed', lastError: '550 no such user' },
      lastSeenAt: null,
      verified: false,
    },
  ])
  await scim(`/Users/${grace}`, { method: 'DELETE' })
  expect(await found({ search: 'grace' })).toEqual([])
  expect((await get(ada, '/api/v1/users', { status: 'deleted' })).body.users).toMatchObject([{ userId: grace, status: 'deleted' }])
  expect((await get(ada, `/api/v1/users/${grace}`)).body.purgedAt).toBeGreaterThan(Date.now())

  expect(emails(await get(oscar, '/api/v1/users'))).toEqual(['oscar@example.com'])
  expect(await get(oscar, '/api/v1/users', { node: nodeId })).toMatchObject({ status: 403 })
  expect(await get(oscar, `/api/v1/users/${joan}`)).toMatchObject({ status: 404 })
})

test('a user has a page: teams with the state of each membership, devices, roles, and a timeline that pages', async () => {
  const { ada, mia, scim, team, nodeId } = await startConsole()
  const [grace = ''] = await createUsers(scim, 'grace@example.com')
  await team('Engineering', [mia])
  await team('Sales', [], { pending: [mia] })
  for (let i = 0; i < 5; i++) await team(`Team ${i}`, [mia])
  const row = (await get(ada, '/api/v1/users', { search: 'mia' })).body.users[0]
  expect([row.teams.length, row.teamCount]).toEqual([5, 7])
  expect(row).toMatchObject({ lastSeenAt: expect.any(Number), teams: expect.arrayContaining([expect.objectContaining({ name: 'Sales' })]) })
  expect((await get(ada, `/api/v1/users/${mia.userId}`)).body).toMatchObject({ roles: [], devices: 0, provisioned: true, nodeId })
  const { teams, total } = (await get(ada, `/api/v1/users/${mia.userId}/teams`)).body
  expect(total).toBe(7)
  expect(teams).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'Engineering', membership: 'active', epoch: 1 }),
      expect.objectContaining({ name: 'Sales', membership: 'pending', epoch: null }),
    ]),
  )
  await scim(`/Users/${grace}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) })
  const whole = (await get(ada, `/api/v1/users/${grace}/timeline`)).body.entries
  const told = whole.map(
    (entry: { source: string; action: string; operation: string }) => `${entry.source} ${entry.action ?? entry.operation}`,
  )
  expect(told.toSorted()).toEqual(['activity user.created', 'activity user.locked', 'directory user.create', 'directory user.lock'])
  expect(told.slice(2).toSorted(), 'newest first').toEqual(['activity user.created', 'directory user.create'])
  const page = (await get(ada, `/api/v1/users/${grace}/timeline`, { limit: 3 })).body
  const rest = (await get(ada, `/api/v1/users/${grace}/timeline`, { limit: 3, after: page.next })).body
  expect([...page.entries, ...rest.entries]).toEqual(whole)
  expect(rest.next).toBeNull()
})

test('an invitation is sent again, and not to who has registered', async () => {
  const { ada, oscar, mia, scim } = await startConsole()
  const [grace = ''] = await createUsers(scim, 'grace@example.com')
  const before = (await get(ada, `/api/v1/users/${grace}`)).body.invitation
  expect(before).toMatchObject({ state: 'queued', lastError: null })
  expect(await post(ada, `/api/v1/users/${grace}/invitation`)).toMatchObject({ status: 200 })
  expect((await get(ada, `/api/v1/users/${grace}/timeline`)).body.entries[0]).toMatchObject({
    action: 'invitation.resent',
    actor: { kind: 'user', name: 'ada@example.com' },
  })
  expect(await post(ada, `/api/v1/users/${mia.userId}/invitation`)).toMatchObject({ status: 409 })
  expect(await post(oscar, `/api/v1/users/${grace}/invitation`)).toMatchObject({ status: 404 })
})

test('a user is moved to another node: their teams are left only after it was confirmed', async () => {
  const { ada, oscar, mia, scim, team, nodeId, otherNodeId, db } = await startConsole()
  const teamId = await team('Engineering', [mia])
  const path = `/api/v1/users/${mia.userId}/move`
  expect(await post(oscar, path, { nodeId: otherNodeId }), 'not the administrator of the old node').toMatchObject({ status: 404 })
  const asked = await post(ada, path, { nodeId: otherNodeId })
  expect(asked.body).toMatchObject({ outcome: 'confirm', teams: [{ teamId, name: 'Engineering' }], directory: true })
  expect(asked.body.warning).toContain('leaves 1 team')
  expect((await get(ada, `/api/v1/users/${mia.userId}`)).body.nodeId).toBe(nodeId)
  expect((await post(ada, path, { nodeId: otherNodeId, confirm: true })).body.outcome).toBe('done')
  expect((await get(ada, `/api/v1/users/${mia.userId}`)).body).toMatchObject({ nodeId: otherNodeId, teamCount: 0, externalId: null })
  expect((await get(oscar, '/api/v1/users')).body.users.map(({ email }: { email: string }) => email)).toContain('mia@example.com')
  expect((await scim(`/Users/${mia.userId}`)).status, 'the directory sees them no more').toBe(404)
  const tree = (await get(ada, '/api/v1/nodes')).body.nodes
  expect(tree.map(({ users }: { users: { active: number } }) => users.active)).toEqual([1, 0, 2])
  const due = await db.selectFrom('teams').select('rotation_due').where('id', '=', teamId).executeTakeFirstOrThrow()
  expect(due.rotation_due).toBe(1)
  expect((await post(oscar, path, { nodeId: otherNodeId })).status, 'already there').toBe(409)
  expect((await post(oscar, path, { nodeId })).status, 'not the administrator of the new node').toBe(403)
})

test('while somebody is moved, no team of the old node keeps them', async () => {
  const { ada, otherNodeId, scim, person, team, db } = await startConsole()
  const ids = await Promise.all([1, 2, 3, 4].map((i) => team(`Team ${i}`, [])))
  for (let round = 0; round < 3; round++) {
    const { userId } = await person(`mover${round}@example.com`)
    const add = (teamId: string) =>
      scim(`/Groups/${teamId}`, { method: 'PATCH', body: patchOf({ op: 'add', path: 'members', value: [{ value: userId }] }) })
    const [moved] = await Promise.all([post(ada, `/api/v1/users/${userId}/move`, { nodeId: otherNodeId, confirm: true }), ...ids.map(add)])
    expect(moved.body.outcome).toBe('done')
    expect(await db.selectFrom('memberships').select('team_id').where('user_id', '=', userId).execute()).toEqual([])
  }
})

test('who was deleted is given back by an administrator, invited anew where they never registered, and not twice', async () => {
  const { ada, oscar, scim, person, db } = await startConsole()
  const mona = await person('mona@example.com')
  const [grace = ''] = await createUsers(scim, 'grace@example.com')
  const restore = (who: typeof ada, user: string) => post(who, `/api/v1/users/${user}/restore`)
  expect((await restore(ada, grace)).status, 'who is not deleted').toBe(409)
  for (const id of [grace, mona.userId]) expect((await scim(`/Users/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect((await get(mona, '/api/v1/me')).status).toBe(401)
  expect((await restore(oscar, grace)).status, 'of another node').toBe(404)
  expect(await restore(ada, grace)).toMatchObject({ status: 200, body: { status: 'invited', directory: true } })
  expect(await restore(ada, mona.userId)).toMatchObject({ status: 200, body: { status: 'active' } })
  expect((await restore(ada, mona.userId)).status).toBe(409)
  expect((await scim(`/Users/${grace}`)).body).toMatchObject({ id: grace, active: true })
  const invitations = await db
    .selectFrom('invitations')
    .select('id')
    .where('user_id', '=', grace)
    .where('cancelled_at', 'is', null)
    .execute()
  expect(invitations).toHaveLength(1)
  expect((await get(ada, `/api/v1/users/${grace}/timeline`)).body.entries[0]).toMatchObject({ action: 'user.restored' })
  // Somebody else was given the address meanwhile.
  expect((await scim(`/Users/${grace}`, { method: 'DELETE' })).status).toBe(204)
  expect((await scim('/Users', { body: { ...oktaUser('grace@example.com'), externalId: 'another person' } })).status).toBe(201)
  expect(await restore(ada, grace)).toMatchObject({ status: 409, body: { message: expect.stringContaining('belongs to another user') } })
})

test('one act on many users answers for each, and does none by halves', async () => {
  const { ada, oscar, mia, scim, administrator, nodeId, rootNodeId } = await startConsole()
  const people = await createUsers(scim, ...Array.from({ length: 20 }, (_, i) => `many${i}@example.com`))
  const bulk = (who: typeof ada, act: string, users: string[], more = {}) => post(who, '/api/v1/users/bulk', { act, users, ...more })
  const locked = await bulk(ada, 'lock', [...people, mia.userId, ada.userId])
  expect(locked.body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([...people.map(() => 'done'), 'done', 'refused'])
  expect(locked.body.results.at(-1).message).toContain('last administrator')
  expect((await get(mia, '/api/v1/me')).status, 'locked at once').toBe(401)
  expect((await bulk(ada, 'lock', [mia.userId])).body.results).toMatchObject([{ outcome: 'unchanged' }])
  const grace = await administrator('grace@example.com', rootNodeId, 'full')
  expect((await bulk(grace, 'lock', [grace.userId])).body.results).toMatchObject([
    { outcome: 'refused', message: expect.stringContaining('ask another administrator') },
  ])
  const again = await bulk(ada, 'resend', [people[0] ?? ''])
  expect(again.body.results).toMatchObject([{ outcome: 'refused', message: expect.stringContaining('locked') }])
  expect((await bulk(ada, 'unlock', people)).body.results.every(({ outcome }: { outcome: string }) => outcome === 'done')).toBe(true)
  expect((await get(ada, '/api/v1/users', { search: 'many', status: 'invited' })).body.total).toBe(20)
  const notTheirs = await bulk(oscar, 'lock', people.slice(0, 2))
  expect(notTheirs.body.results).toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }])
  const reader = await administrator('reader@example.com', nodeId, 'read-only')
  expect((await bulk(reader, 'resend', people.slice(0, 1))).body.results).toMatchObject([{ outcome: 'refused' }])
  expect(await bulk(ada, 'lock', [])).toMatchObject({ status: 400 })
  expect((await bulk(ada, 'lock', Array(501).fill(people[0]))).status).toBe(400)
})
