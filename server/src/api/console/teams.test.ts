import { expect, test } from 'vitest'
import { oktaGroup } from '../../scim/testing-server.ts'
import { get, post, startConsole } from './testing-console.ts'

const names = (answer: { body: { teams: { name: string }[] } }) => answer.body.teams.map(({ name }) => name)

test('teams are listed with their members, and found by name and status', async () => {
  const { ada, oscar, mia, person, team, scim } = await startConsole()
  const grace = await person('grace@example.com')
  const teamId = await team('Engineering', [mia], { pending: [grace] })
  await team('Sales', [mia])
  const pushed = (await scim('/Groups', { body: oktaGroup('Marketing') })).body.id
  const all = await get(ada, '/api/v1/teams')
  expect([names(all), all.body.total]).toEqual([['Engineering', 'Marketing', 'Sales'], 3])
  expect(all.body.teams[0]).toMatchObject({
    teamId,
    status: 'active',
    members: { active: 1, pending: 1 },
    folders: 0,
    keyEpoch: 1,
    rotationDue: false,
    nodeName: 'Node 1',
  })
  expect(names(await get(ada, '/api/v1/teams', { search: 'ING', status: 'pending' }))).toEqual(['Marketing'])
  const first = await get(ada, '/api/v1/teams', { limit: 2, order: 'desc' })
  expect([names(first), names(await get(ada, '/api/v1/teams', { limit: 2, order: 'desc', after: first.body.next }))]).toEqual([
    ['Sales', 'Marketing'],
    ['Engineering'],
  ])
  expect(names(await get(ada, '/api/v1/teams', { sort: 'created' }))).toEqual(['Engineering', 'Sales', 'Marketing'])
  expect((await get(oscar, '/api/v1/teams')).body).toMatchObject({ teams: [], total: 0 })
  expect((await get(oscar, `/api/v1/teams/${teamId}`)).status).toBe(404)
  expect((await get(mia, '/api/v1/teams')).status).toBe(403)
  expect((await get(ada, `/api/v1/teams/${pushed}`)).body).toMatchObject({
    status: 'pending',
    keyEpoch: 0,
    members: { active: 0, pending: 0 },
  })
})

test('a team has a page: members by state, and what happened to it', async () => {
  const { ada, mia, person, team } = await startConsole()
  const others = await Promise.all([1, 2, 3].map((i) => person(`waits${i}@example.com`)))
  const teamId = await team('Engineering', [mia], { pending: others })
  const members = (query = {}) => get(ada, `/api/v1/teams/${teamId}/members`, query)
  expect((await members({ state: 'active' })).body.members).toMatchObject([{ email: 'mia@example.com', membership: 'active', epoch: 1 }])
  const first = (await members({ limit: 3 })).body
  const second = (await members({ limit: 3, after: first.next })).body
  expect(new Set([...first.members, ...second.members].map(({ email }) => email)).size).toBe(4)
  expect([second.next, (await members({ limit: 3, before: second.previous })).body.members]).toEqual([null, first.members])
  const { entries } = (await get(ada, `/api/v1/teams/${teamId}/timeline`)).body
  expect(entries.map(({ action }: { action: string }) => action)).toEqual(['membership.changed', 'team.created'])
})

test('story 13: an archived team is purged by its name, and no other is', async () => {
  const { ada, oscar, administrator, mia, team, scim, nodeId, db } = await startConsole()
  const teamId = await team('Engineering', [mia])
  const purge = (who: typeof ada, confirmName: string) => post(who, `/api/v1/teams/${teamId}/purge`, { confirmName })
  expect(await purge(ada, 'Engineering')).toMatchObject({ status: 409, body: { message: expect.stringContaining('not archived') } })
  await scim(`/Groups/${teamId}`, { method: 'DELETE' })
  expect(names(await get(ada, '/api/v1/teams'))).toEqual([])
  expect(names(await get(ada, '/api/v1/teams', { status: 'archived' }))).toEqual(['Engineering'])
  expect(await purge(ada, 'engineering')).toMatchObject({ status: 400, body: { message: expect.stringContaining('Engineering') } })
  expect((await purge(oscar, 'Engineering')).status).toBe(404)
  expect((await purge(await administrator('helper@example.com', nodeId, 'users-and-teams'), 'Engineering')).status).toBe(403)
  expect((await purge(ada, 'Engineering')).status).toBe(200)
  expect((await purge(ada, 'Engineering')).status).toBe(404)
  expect(await db.selectFrom('memberships').select('user_id').where('team_id', '=', teamId).execute()).toEqual([])
  const [entry] = (await get(ada, '/api/v1/activity', { subject: teamId })).body.entries
  expect(entry).toMatchObject({ action: 'team.purged', detail: { name: 'Engineering', members: 1 } })
})

test('story 13: an archived team is restored with its members, and its keys wait for the next; whoever left meanwhile stays away', async () => {
  const { ada, oscar, administrator, mia, person, team, scim, db, nodeId } = await startConsole()
  const [grace, joan] = [await person('grace@example.com'), await person('joan@example.com')]
  const teamId = await team('Engineering', [mia, joan], { pending: [grace] })
  const restore = (who: typeof ada) => post(who, `/api/v1/teams/${teamId}/restore`)
  expect(await restore(ada)).toMatchObject({ status: 409, body: { message: expect.stringContaining('not archived') } })
  await scim(`/Groups/${teamId}`, { method: 'DELETE' })
  await scim(`/Users/${joan.userId}`, { method: 'DELETE' })
  expect((await restore(oscar)).status).toBe(404)
  expect((await restore(await administrator('reader@example.com', nodeId, 'read-only'))).status).toBe(403)
  const other = (await scim('/Groups', { body: oktaGroup('engineering') })).body.id
  expect(await restore(ada)).toMatchObject({ status: 409, body: { message: expect.stringContaining('has the name by now') } })
  await scim(`/Groups/${other}`, { method: 'DELETE' })
  expect((await restore(ada)).status).toBe(200)
  expect((await get(ada, `/api/v1/teams/${teamId}`)).body).toMatchObject({
    status: 'active',
    archivedAt: null,
    rotationDue: true,
    members: { active: 1, pending: 1 },
  })
  expect((await scim(`/Groups/${teamId}`)).body.members).toHaveLength(2)
  const [entry] = (await get(ada, '/api/v1/activity', { subject: teamId, action: 'team.restored' })).body.entries
  expect(entry).toMatchObject({ action: 'team.restored', detail: { name: 'Engineering' } })
  expect(await db.selectFrom('teams').select('status').where('id', '=', other).execute()).toEqual([{ status: 'archived' }])
  expect((await post(ada, `/api/v1/teams/${other}/restore`)).status).toBe(409)
})

test('story 13: the group that the directory pushes again, with its externalId, brings the team back with the members that it names', async () => {
  const { mia, person, team, scim, db, write } = await startConsole()
  const [grace, joan] = [await person('grace@example.com'), await person('joan@example.com')]
  const teamId = await team('Engineering', [mia, joan])
  await write((trx) => trx.updateTable('teams').set({ external_id: 'g-1' }).where('id', '=', teamId).execute())
  await scim(`/Groups/${teamId}`, { method: 'DELETE' })
  const push = (externalId?: string) => scim('/Groups', { body: oktaGroup('Engineering', [mia.userId, grace.userId], { externalId }) })
  const another = await push('g-2')
  expect([another.status, another.body.id === teamId]).toEqual([201, false])
  await scim(`/Groups/${another.body.id}`, { method: 'DELETE' })
  expect((await push('g-1')).body.id).toBe(teamId)
  const members = await db.selectFrom('memberships').select(['user_id', 'state']).where('team_id', '=', teamId).execute()
  expect(members.toSorted((a, b) => a.state.localeCompare(b.state))).toEqual([
    { user_id: mia.userId, state: 'active' },
    { user_id: grace.userId, state: 'pending' },
  ])
  expect(await db.selectFrom('teams').select(['status', 'rotation_due']).where('id', '=', teamId).execute()).toEqual([
    { status: 'active', rotation_due: 1 },
  ])
})
