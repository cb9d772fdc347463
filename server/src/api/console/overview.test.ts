import { expect, test } from 'vitest'
import { createUsers, oktaGroup, oktaUser } from '../../scim/testing-server.ts'
import { get, post, startConsole } from './testing-console.ts'

test('the overview counts people, teams, what waits, and what the directories did', async () => {
  const { ada, oscar, mia, person, scim, team, write, log, methodId } = await startConsole()
  await createUsers(scim, 'grace@example.com', 'joan@example.com')
  await scim('/Users', { body: oktaUser('no address') })
  await scim('/Groups', { body: oktaGroup('Marketing', [mia.userId]) })
  const kay = await person('kay@example.com')
  await team('Engineering', [mia], { pending: [kay] })
  await write((trx) => trx.updateTable('teams').set({ rotation_due: 1 }).where('name', '=', 'Engineering').execute())
  // Assigned ten minutes and an hour before they registered.
  const registered = Date.now()
  for (const [who, took] of [
    [mia, 600_000],
    [kay, 3_600_000],
  ] as const) {
    await write((trx) =>
      trx
        .updateTable('users')
        .set({ created_at: registered - took, registered_at: registered })
        .where('id', '=', who.userId)
        .execute(),
    )
  }
  await write((trx) => trx.updateTable('users').set({ registered_at: 1, created_at: 0 }).where('email', '=', 'ada@example.com').execute())
  await log(4)

  const { status, body } = await get(ada, '/api/v1/overview')
  expect(status).toBe(200)
  // The enterprise's first administrator was never registered here.
  expect(body.users).toEqual({ invited: 3, active: 4, locked: 0 })
  expect(body.teams).toEqual({ pending: 1, active: 1, archived: 0 })
  expect(body.waiting.map(({ kind, count }: { kind: string; count: number }) => [kind, count])).toEqual([
    ['team', 1],
    ['membership', 2],
    ['rotation', 1],
    ['user', 3],
  ])
  for (const { since } of body.waiting) expect(Date.now() - since).toBeLessThan(60_000)
  expect(body.directories).toMatchObject([{ methodId, state: 'active', lastContactAt: expect.any(Number) }])
  expect(body.days).toHaveLength(30)
  expect(body.days.at(-1)).toEqual({ day: new Date().toISOString().slice(0, 10), ok: 3, failed: 1 })
  // Oscar registered as he was made.
  expect(body.timeToAccess).toEqual({ medianMillis: 600_000, people: 3 })

  const own = (await get(oscar, '/api/v1/overview')).body
  expect(own).toMatchObject({ users: { invited: 0, active: 1, locked: 0 }, teams: { pending: 0, active: 0 }, waiting: [], directories: [] })
  expect(own.days.every(({ ok, failed }: { ok: number; failed: number }) => ok + failed === 0)).toBe(true)
  expect((await get(mia, '/api/v1/overview')).status).toBe(403)
})

test('days that are over are counted with the days before and after them', async () => {
  const { ada, scim, log, write, db } = await startConsole()
  await createUsers(scim, 'grace@example.com')
  await log(1)
  const row = await db.selectFrom('provisioning_log').selectAll().executeTakeFirstOrThrow()
  const DAY = 24 * 60 * 60 * 1000
  const at = (days: number) => Math.floor(Date.now() / DAY) * DAY - days * DAY
  const idAt = (time: number, n: number) => {
    const hex = time.toString(16).padStart(12, '0')
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(n).padStart(12, '0')}`
  }
  const lines = [at(29), at(29) + DAY - 1, at(2), at(30), at(29) - 1].map((time, n) => ({
    ...row,
    id: idAt(time, n),
    at: time,
    status: n === 2 ? 409 : 200,
  }))
  await write((trx) => trx.insertInto('provisioning_log').values(lines).execute())
  for (const time of ['counted', 'remembered']) {
    const { days } = (await get(ada, '/api/v1/overview')).body
    expect([days[0], days[27], days[29]], time).toMatchObject([
      { ok: 2, failed: 0 },
      { ok: 0, failed: 1 },
      { ok: 1, failed: 0 },
    ])
    expect(days[0].day).toBe(new Date(at(29)).toISOString().slice(0, 10))
  }
})

test('one search finds users, teams and nodes, of the nodes of who asks', async () => {
  const { ada, oscar, mia, team, person, otherNodeId } = await startConsole()
  await team('Others', [mia])
  await person('other@example.com', { nodeId: otherNodeId })
  const search = async (who: typeof ada, q: string) => get(who, '/api/v1/search', { q })
  expect((await search(ada, 'OTHER')).body).toMatchObject({
    users: [{ email: 'other@example.com', nodeName: 'Other' }],
    teams: [{ name: 'Others', status: 'active', nodeName: 'Node 1' }],
    nodes: [{ nodeId: otherNodeId, name: 'Other' }],
  })
  expect((await search(oscar, 'other')).body).toMatchObject({
    users: [{ email: 'other@example.com' }],
    teams: [],
    nodes: [{ name: 'Other' }],
  })
  expect((await search(oscar, 'mia')).body).toEqual({ users: [], teams: [], nodes: [] })
  expect((await search(ada, '')).status).toBe(400)
  expect((await search(mia, 'other')).status).toBe(403)
})

test('settings are changed by a full administrator of the root, and the server keeps to them', async () => {
  const { ada, oscar, mia, administrator, rootNodeId, scim, db, origin } = await startConsole()
  const path = '/api/v1/settings'
  const put = async (who: typeof ada, body: unknown) => {
    const answer = await fetch(`${origin}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${who.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.json() }
  }
  expect((await get(ada, path)).body).toEqual({
    enterpriseName: 'Example',
    retentionDays: 90,
    invitationDays: 14,
    showNames: false,
    mayChange: true,
  })
  expect((await get(oscar, path)).body.mayChange).toBe(false)
  expect((await get(mia, path)).status).toBe(403)
  const reader = await administrator('reader@example.com', rootNodeId, 'read-only')
  for (const who of [oscar, mia, reader]) expect((await put(who, { showNames: true })).status).toBe(403)
  expect((await put(ada, { retentionDays: 0 })).status).toBe(400)
  expect((await put(ada, { retentionDays: 30, invitationDays: 2, enterpriseName: ' Example Ltd ', showNames: true })).body).toEqual({
    enterpriseName: 'Example Ltd',
    retentionDays: 30,
    invitationDays: 2,
    showNames: true,
  })
  const [grace = ''] = await createUsers(scim, 'grace@example.com')
  const { created_at: made, expires_at: ends } = await db
    .selectFrom('invitations')
    .selectAll()
    .where('user_id', '=', grace)
    .executeTakeFirstOrThrow()
  expect(ends - made).toBe(2 * 24 * 60 * 60 * 1000)
  expect((await get(ada, `/api/v1/users/${grace}`)).body.name).toBe('Ada Lovelace')
  await post(ada, `/api/v1/users/${grace}/delete`)
  const { deletedAt, purgedAt } = (await get(ada, `/api/v1/users/${grace}`)).body
  expect(purgedAt - deletedAt).toBe(30 * 24 * 60 * 60 * 1000)
  const [entry] = (await get(ada, '/api/v1/activity', { action: 'enterprise.changed' })).body.entries
  expect(entry.detail).toMatchObject({ retentionDays: { from: 90, to: 30 }, showNames: { from: false, to: true } })
})
