import { expect, test } from 'vitest'
import { createUsers, expectRefusal, memberIds, oktaGroup, oktaUser, patchOf } from '../../scim/testing-server.ts'
import { get, post } from './testing-console.ts'
import { startSafety } from './testing-safety.ts'

test('beyond the limit a removal leaves nothing but what is held, the method is paused, and administrators are told', async () => {
  const { lock, people, safety, held, statusOf, ada, path, db, nodeId, scim, log } = await startSafety({ people: 3 })
  const everybody = (await people(5)).map(({ userId }) => userId)
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = everybody
  for (const userId of [first, second, third]) expect((await lock(userId)).status).toBe(200)
  expect((await lock(first)).status, 'who is locked already counts once').toBe(200)
  expect(await safety()).toMatchObject({ pausedBy: null, taken: { people: 3, registered: 3 }, held: { requests: 0 } })

  const stopped = await lock(fourth)
  expectRefusal(stopped, 503)
  expect(stopped.headers.get('retry-after')).toBe('300')
  expect(stopped.body.detail).toMatch(/held.*administrator/)
  expect(await statusOf(everybody)).toEqual(
    new Map([first, second, third, fourth, fifth].map((id, index) => [id, index < 3 ? 'locked' : 'active'])),
  )
  expect(
    (await db.selectFrom('audit_log').select('id').where('subject_id', '=', fourth).where('action', '=', 'user.locked').execute()).length,
  ).toBe(0)
  expect(await held()).toMatchObject([
    {
      operation: 'user.lock',
      subject: { kind: 'user', id: fourth, name: 'person3@example.com' },
      summary: 'Would lock person3@example.com.',
      people: 1,
      times: 1,
      state: 'held',
    },
  ])
  expect((await get(ada, path)).body).toMatchObject({ state: 'paused', pausedBy: 'breaker' })
  expect((await get(ada, '/api/v1/overview')).body.directories).toMatchObject([{ state: 'paused', pausedBy: 'breaker', observe: false }])

  expect((await lock(fourth)).status, 'the directory repeats itself').toBe(503)
  expect((await lock(fifth)).status).toBe(503)
  expect(await held()).toMatchObject([{ times: 2 }, { subject: { id: fifth } }])
  expect((await scim(`/Users/${fourth}`)).body, 'reads are answered: Okta reads before it changes').toMatchObject({ active: true })
  expectRefusal(await scim('/Users', { body: oktaUser('new@example.com') }), 503)
  expectRefusal(await scim('/Users', { body: oktaUser('no address') }), 503)
  expect(await safety()).toMatchObject({ held: { requests: 2, people: 2, approved: 0 } })

  const notices = await db.selectFrom('notices').select(['user_id', 'detail']).where('kind', '=', 'removals-held').execute()
  expect(notices).toMatchObject([{ user_id: ada.userId }])
  expect(JSON.parse(notices[0]?.detail ?? '')).toEqual({ node: 'Node 1', people: 4, minutes: 60 })
  expect(await db.selectFrom('outbox').select('recipient').where('notice_id', 'is not', null).execute()).toEqual([{ recipient: ada.email }])
  const paused = (await get(ada, '/api/v1/activity', { action: 'method.paused' })).body.entries
  expect(paused).toMatchObject([{ actor: { kind: 'server' }, detail: { by: 'limits', people: 4, limit: 3 } }])
  const lines = (await log(10)).filter(({ subject_id: id }) => id === fourth)
  expect(lines[0]).toMatchObject({
    node_id: nodeId,
    status: 503,
    operation: 'user.lock',
    summary: 'Held, not applied. Would lock person3@example.com.',
  })
})

test('what is held is applied in its order, once, and counts as approved; then the directory is answered again', async () => {
  const { lock, people, safety, held, statusOf, ada, path, scim, nodeId } = await startSafety({ people: 1 })
  const everybody = (await people(4)).map(({ userId }) => userId)
  const [first = '', second = '', third = '', fourth = ''] = everybody
  await lock(first)
  for (const userId of [second, third]) expect((await lock(userId)).status).toBe(503)
  expect((await scim(`/Users/${fourth}`, { method: 'DELETE' })).status).toBe(503)
  const { newest, ...seen } = (await safety()).held
  expect(seen).toEqual({ requests: 3, people: 3, approved: 0 })
  expect(await post(ada, `${path}/resume`)).toMatchObject({ status: 409, body: { message: expect.stringContaining('reject') } })

  const decided = await post(ada, `${path}/held/apply`, { upTo: newest })
  expect(decided).toEqual({ status: 200, body: { applied: 3, failed: 0, left: 0, unseen: 0 } })
  expect([...(await statusOf(everybody)).values()].toSorted()).toEqual(['deleted', 'locked', 'locked', 'locked'])
  expect(await safety()).toMatchObject({ pausedBy: null, taken: { people: 0 }, held: { requests: 0, newest: null } })
  expect((await held('decided')).map(({ state, result }: { state: string; result: string }) => `${state} ${result}`)).toEqual([
    expect.stringMatching(/^applied Deleted person3@example.com/),
    expect.stringMatching(/^applied Locked person2@example.com/),
    expect.stringMatching(/^applied Locked person1@example.com/),
  ])
  const { entries } = (await get(ada, `/api/v1/users/${second}/timeline`)).body
  expect(entries.map((entry: { source: string; action?: string; actor?: { name: string }; summary?: string }) => entry)).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ source: 'activity', action: 'user.locked', actor: expect.objectContaining({ name: ada.email }) }),
      expect.objectContaining({ source: 'directory', summary: expect.stringMatching(/^Approved, after it was held. Locked person1/) }),
    ]),
  )
  expect((await scim('/Users?count=1')).status).toBe(200)
  expect((await lock(second)).status, 'the directory hears that it is done').toBe(200)
  expect(await post(ada, `${path}/held/apply`, { upTo: newest })).toMatchObject({ status: 200, body: { applied: 0, failed: 0 } })
  expect((await get(ada, '/api/v1/activity', { action: 'method.removals-approved' })).body.entries).toMatchObject([
    { actor: { name: ada.email }, subject: { id: expect.any(String) }, detail: { requests: 3, node: nodeId } },
  ])
})

test('what is rejected is lost by nobody and kept as history; sent again, it counts anew', async () => {
  const { lock, people, safety, held, statusOf, ada, path } = await startSafety({ people: 1 })
  const [first, second, third] = (await people(3)).map(({ userId }) => userId)
  if (!first || !second || !third) throw new Error('three people')
  await lock(first)
  for (const userId of [second, third]) await lock(userId)
  expect(await post(ada, `${path}/held/reject`)).toEqual({ status: 200, body: { rejected: 2, unseen: 0 } })
  expect([...(await statusOf([second, third])).values()]).toEqual(['active', 'active'])
  expect(await safety()).toMatchObject({ pausedBy: null, taken: { people: 1 } })
  expect(await held('decided')).toMatchObject([{ state: 'rejected', decidedBy: { name: ada.email } }, { state: 'rejected' }])
  const { entries } = (await get(ada, `/api/v1/users/${second}/timeline`)).body
  expect(entries).toContainEqual(
    expect.objectContaining({ action: 'user.removal-rejected', actor: expect.objectContaining({ name: ada.email }) }),
  )
  expect((await lock(second)).status, 'the window is still full').toBe(503)
  expect(await safety()).toMatchObject({ pausedBy: 'breaker', held: { requests: 1 } })
})

test('one held removal is decided by itself, and the last one makes the method active', async () => {
  const { lock, people, safety, held, statusOf, ada, path } = await startSafety({ people: 1 })
  const [first = '', second = '', third = ''] = (await people(3)).map(({ userId }) => userId)
  await lock(first)
  for (const userId of [second, third]) await lock(userId)
  const [one, two] = await held()
  expect(await post(ada, `${path}/held/apply`, { only: one.heldId })).toEqual({
    status: 200,
    body: { applied: 1, failed: 0, left: 0, unseen: 1 },
  })
  expect(await safety()).toMatchObject({ pausedBy: 'breaker', taken: { people: 1 } })
  expect(await post(ada, `${path}/held/apply`, { only: one.heldId })).toMatchObject({ status: 409 })
  expect(await post(ada, `${path}/held/reject`, { only: two.heldId })).toEqual({ status: 200, body: { rejected: 1, unseen: 0 } })
  expect(await safety()).toMatchObject({ pausedBy: null })
  expect(await statusOf([second, third])).toEqual(
    new Map([
      [second, 'locked'],
      [third, 'active'],
    ]),
  )
})

test('what the directory wants no more is not held any more: a person by active, a team by its newest members', async () => {
  const { lock, unlock, people, held, team, scim } = await startSafety({ people: 1 })
  const everybody = await people(6)
  const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = ''] = everybody.map(({ userId }) => userId)
  const teamId = await team('Engineering', everybody)
  const members = (op: string, ...ids: string[]) =>
    scim(`/Groups/${teamId}`, { method: 'PATCH', body: patchOf({ op, path: 'members', value: ids.map((value) => ({ value })) }) })
  const open = async () => (await held()).map(({ summary }: { summary: string }) => summary)
  await lock(first)
  expect((await lock(second)).status).toBe(503)
  expect((await scim(`/Users/${second}`, { method: 'PATCH', body: patchOf({ op: 'replace', path: 'title', value: 'CTO' }) })).status).toBe(
    503,
  )
  expect(await open(), 'a title says nothing of the lock').toEqual(['Would lock person1@example.com.'])
  expect((await unlock(second)).status).toBe(503)
  expect(await open()).toEqual([])

  await lock(second)
  await scim(`/Users/${second}`, { method: 'DELETE' })
  expect(await open(), 'of a person the newest is held').toEqual([expect.stringContaining('Would delete person1@example.com')])

  await members('remove', third)
  await members('remove', fourth)
  await members('add', third)
  expect(await open()).toEqual([expect.stringContaining('Would delete'), 'Would remove 1 member from team Engineering.'])
  expect((await scim(`/Groups/${teamId}`, { method: 'DELETE' })).status).toBe(503)
  expect((await open()).at(-1)).toBe('Would archive team Engineering, with 6 members.')
  await members('replace', first, second, third, fourth)
  const [, last] = await held()
  expect(last).toMatchObject({ summary: 'Would remove 2 members from team Engineering.', people: 2, operation: 'team.update' })
  expect(last.who.toSorted()).toEqual(['person4@example.com', 'person5@example.com'])
  expect(await held()).toHaveLength(2)
  expect([fifth, sixth]).not.toContain('')
})

test('a percentage counts who has registered, once more than five of them lose something', async () => {
  const { lock, people, safety, scim, team } = await startSafety({ people: 1000, percent: 20 })
  const everybody = await people(38)
  // And Mia: 39 people who have registered.
  const invited = await createUsers(scim, ...Array.from({ length: 30 }, (_, index) => `invited${index}@example.com`))
  for (const userId of invited) expect((await scim(`/Users/${userId}`, { method: 'DELETE' })).status).toBe(204)
  expect(await safety()).toMatchObject({ taken: { people: 30, registered: 0, registeredOf: 39 } })
  for (const { userId } of everybody.slice(0, 7)) expect((await lock(userId)).status).toBe(200)
  expect(await safety()).toMatchObject({ taken: { registered: 7, registeredOf: 39 } })
  const teamId = await team('Engineering', everybody.slice(6, 8))
  expect((await scim(`/Groups/${teamId}`, { method: 'DELETE' })).status, '8 of 39 are more than 20 %').toBe(503)
  expect(await safety()).toMatchObject({ pausedBy: 'breaker', held: { people: 2, requests: 1 } })
})

test('a bulk request that would pass the limit does nothing, and each of its removals is held by itself', async () => {
  const { people, held, safety, statusOf, ada, path, scim } = await startSafety({ people: 2 })
  const ids = (await people(3)).map(({ userId }) => userId)
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: [
      { method: 'POST', path: '/Users', bulkId: 'a', data: oktaUser('new@example.com') },
      ...ids.map((id) => ({ method: 'DELETE', path: `/Users/${id}` })),
      { method: 'DELETE', path: '/Users/01900000-0000-7000-8000-000000000000' },
    ],
  }
  expectRefusal(await scim('/Bulk', { body }), 503)
  expect([...(await statusOf(ids)).values()]).toEqual(['active', 'active', 'active'])
  expect(await held()).toMatchObject(ids.map((id) => ({ operation: 'user.delete', subject: { id } })))
  expectRefusal(await scim('/Bulk', { body }), 503)
  const { newest } = (await safety()).held
  expect(await post(ada, `${path}/held/apply`, { upTo: newest })).toMatchObject({ body: { applied: 3, failed: 0 } })
  const again = await scim('/Bulk', { body })
  expect(again.body.Operations.map(({ status }: { status: string }) => status)).toEqual(['201', '404', '404', '404', '404'])
})

test('of thirty people who are locked at the same moment, no more are than the limit allows', async () => {
  const { lock, people, statusOf, safety } = await startSafety({ people: 10, percent: 100 })
  const ids = (await people(30)).map(({ userId }) => userId)
  const answers = await Promise.all(ids.map((id) => lock(id)))
  const count = (status: number) => answers.filter((answer) => answer.status === status).length
  expect({ done: count(200), held: count(503) }).toEqual({ done: 10, held: 20 })
  expect([...(await statusOf(ids)).values()].filter((status) => status === 'locked')).toHaveLength(10)
  expect(await safety()).toMatchObject({ taken: { people: 10 }, held: { requests: 20, people: 20 } })
})

test('what cannot be applied any more says why, and holds up nothing', async () => {
  const { lock, people, held, ada, path, safety, statusOf } = await startSafety({ people: 1 })
  const [first = '', second = '', third = ''] = (await people(3)).map(({ userId }) => userId)
  await lock(first)
  for (const userId of [second, third]) await lock(userId)
  expect(await post(ada, `/api/v1/users/${second}/delete`, { confirm: true })).toMatchObject({ status: 200 })
  const { newest } = (await safety()).held
  expect(await post(ada, `${path}/held/apply`, { upTo: newest })).toMatchObject({ body: { applied: 1, failed: 1, left: 0 } })
  const decided = await held('decided')
  expect(decided.map(({ state }: { state: string }) => state)).toEqual(['applied', 'failed'])
  expect(decided[1].result).toMatch(/^Could not be applied: There is no user/)
  expect((await statusOf([third])).get(third)).toBe('locked')
})

test('limits are turned off and on, and refused where they are none', async () => {
  const { lock, people, safety, ada, path, oscar, administrator, nodeId, scim } = await startSafety({ people: 1, on: false })
  const ids = (await people(4)).map(({ userId }) => userId)
  for (const id of ids.slice(0, 2)) expect((await lock(id)).status).toBe(200)
  expect(await post(ada, `${path}/limits`, { on: true, percent: 30, windowMinutes: 5 })).toMatchObject({ status: 200 })
  expect(await safety()).toMatchObject({ limits: { on: true, people: 1, percent: 30, windowMinutes: 5 }, taken: { people: 0 } })
  expect((await lock(ids[2] ?? '')).status).toBe(200)
  expect((await lock(ids[3] ?? '')).status).toBe(503)
  for (const limits of [{ people: 0 }, { percent: 101 }, { windowMinutes: 1.5 }, { windowMinutes: 20_000 }]) {
    expect(await post(ada, `${path}/limits`, limits), JSON.stringify(limits)).toMatchObject({ status: 400 })
  }
  const reader = await administrator('reader@example.com', nodeId, 'read-only')
  const { newest } = (await safety()).held
  for (const [act, body] of [
    ['limits', { on: false }],
    ['observe', { observe: true }],
    ['held/apply', { upTo: newest }],
    ['held/reject', {}],
  ] as const) {
    expect(await post(reader, `${path}/${act}`, body), act).toMatchObject({ status: 403 })
    expect(await post(oscar, `${path}/${act}`, body), act).toMatchObject({ status: 404 })
  }
  expect((await get(reader, `${path}/held`)).status).toBe(200)
  expect((await get(oscar, `${path}/held`)).status).toBe(404)
  expect(await post(ada, `${path}/observe`, { observe: true }), 'while something is held').toMatchObject({ status: 409 })
  expectRefusal(await scim('/Users', { body: oktaUser('new@example.com') }), 503)
})

test('a group that was emptied comes back as it was when that is rejected, and its members never lost it', async () => {
  const { people, team, scim, ada, path } = await startSafety({ people: 1 })
  const everybody = await people(3)
  const teamId = await team('Engineering', everybody)
  const emptied = await scim(`/Groups/${teamId}`, { method: 'PUT', body: oktaGroup('Engineering', []) })
  expectRefusal(emptied, 503)
  await post(ada, `${path}/held/reject`)
  expect((await memberIds(scim, teamId)).toSorted()).toEqual(everybody.map(({ userId }) => userId).toSorted())
})

test('in observe mode every write is written down and none is applied; reads are answered, and what is wrong is said', async () => {
  const { people, ada, path, scim, team, safety, db, lock, nodeId } = await startSafety({ people: 1 })
  const [grace, joan] = await people(2)
  if (!grace || !joan) throw new Error('two people')
  const teamId = await team('Engineering', [grace, joan])
  expect(await post(ada, `${path}/observe`, { observe: true })).toMatchObject({ status: 200 })
  expect((await scim('/Users?startIndex=1&count=2')).status).toBe(200)
  const users = async () => await db.selectFrom('users').select(['id', 'version']).where('node_id', '=', nodeId).orderBy('id').execute()
  const before = await users()

  const created = await scim('/Users', { body: oktaUser('ada.new@example.com') })
  expectRefusal(created, 503)
  expect(created.headers.get('retry-after')).toBe('300')
  expect(created.body.detail).toMatch(/only observes.*applied nothing/)
  await scim('/Users', { body: oktaUser('Ada.New@example.com') })
  for (const { userId } of [grace, joan]) expectRefusal(await lock(userId), 503)
  expectRefusal(await scim('/Groups', { body: oktaGroup('Sales') }), 503)
  expectRefusal(await scim(`/Groups/${teamId}`, { method: 'PUT', body: oktaGroup('Engineering', [grace.userId]) }), 503)
  expectRefusal(await scim('/Users', { body: oktaUser('no address') }), 400, 'invalidValue')
  const bulk = { method: 'DELETE', path: `/Users/${joan.userId}` }
  expectRefusal(await scim('/Bulk', { body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: [bulk] } }), 503)
  expect(await users()).toEqual(before)
  expect(await db.selectFrom('outbox').select('id').execute()).toEqual([])

  const { counts, observed } = (await get(ada, `${path}/observed`)).body
  expect(counts).toEqual({
    operations: [
      { operation: 'refused', count: 1 },
      { operation: 'team.create', count: 1 },
      { operation: 'team.update', count: 1 },
      { operation: 'user.create', count: 1 },
      { operation: 'user.delete', count: 1 },
      { operation: 'user.lock', count: 1 },
    ],
    memberships: { added: 0, removed: 1 },
  })
  expect(observed.map(({ summary }: { summary: string }) => summary)).toEqual([
    expect.stringContaining('Would delete person1@example.com'),
    expect.stringMatching(/^Would be refused \(no address\): /),
    'Would remove 1 member from team Engineering.',
    'Would create the pending team Sales.',
    'Would lock person0@example.com.',
    'Would invite Ada.New@example.com.',
  ])
  expect(observed.at(-1)).toMatchObject({ times: 2, subject: null, operation: 'user.create' })
  const page = (await get(ada, `${path}/observed`, { operation: 'user.lock', limit: 1 })).body
  expect(page.observed).toMatchObject([{ subject: { kind: 'user', id: grace.userId, name: 'person0@example.com' } }])
  const lines = (await get(ada, '/api/v1/provisioning-log', { operation: 'user.lock' })).body.entries
  expect(lines[0].summary).toBe('Observed, not applied. Would lock person1@example.com.')

  await scim(`/Users/${grace.userId}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: true } }) })
  expect((await get(ada, `${path}/observed`, { operation: 'user.lock' })).body.observed, 'the directory thought better of it').toEqual([])
  expect(await safety()).toMatchObject({ observe: true, pausedBy: null, taken: { people: 0 }, held: { requests: 0 } })

  expect(await post(ada, `${path}/observe`, { observe: false })).toMatchObject({ status: 200 })
  expect((await scim('/Users', { body: oktaUser('ada.new@example.com') })).status).toBe(201)
  expect((await get(ada, `${path}/observed`)).body.observed, 'it stays to be read').toHaveLength(5)
})

test('a draft observes from its first request', async () => {
  const { ada, otherNodeId, scim, origin } = await startSafety()
  const { methodId, token, baseUrl } = (await post(ada, '/api/v1/methods', { nodeId: otherNodeId, kind: 'scim' })).body
  const base = `${origin}${new URL(baseUrl).pathname}`
  expect(await post(ada, `/api/v1/methods/${methodId}/observe`, { observe: true })).toMatchObject({ status: 200 })
  expect((await scim(`${base}/Users?count=1`, { token })).status).toBe(401)
  await post(ada, `/api/v1/methods/${methodId}/save`)
  expect((await scim(`${base}/Users?count=1`, { token })).status).toBe(200)
  expectRefusal(await scim(`${base}/Users`, { token, body: oktaUser('first@example.com') }), 503)
  expect((await get(ada, `/api/v1/methods/${methodId}`)).body).toMatchObject({ state: 'active', observe: true })
})
