import { expect, test } from 'vitest'
import { createUsers, expectRefusal, memberIds, oktaGroup, patchOf, startScim } from '../testing-server.ts'

const missingId = '01920000-0000-7000-8000-000000000000'

async function startWithMembers() {
  const server = await startScim()
  const ids = await createUsers(server.scim, 'ada@example.com', 'grace@example.com', 'edsger@example.com')
  const [ada = '', grace = '', edsger = ''] = ids
  const { body: group } = await server.scim('/Groups', { body: oktaGroup('Staff', [ada, grace]) })
  const patch = (...operations: unknown[]) => server.scim(`/Groups/${group.id}`, { method: 'PATCH', body: patchOf(...operations) })
  /** What a client that holds the team key does. */
  const approve = () => server.write((trx) => trx.updateTable('memberships').set({ state: 'active' }).execute())
  const states = async () => {
    const rows = await server.db.selectFrom('memberships').select(['user_id', 'state']).orderBy('user_id').execute()
    return Object.fromEntries(rows.map((row) => [row.user_id, row.state]))
  }
  return { ...server, ada, grace, edsger, group, patch, approve, states }
}

test('assigning people to the app makes no team; pushing the group makes a pending one whose members are pending', async () => {
  const { scim, db, states, ada, grace, group } = await startWithMembers()
  expect(group).toMatchObject({
    displayName: 'Staff',
    members: [{ value: ada, type: 'User', display: 'ada@example.com' }, { value: grace }],
  })
  expect(await db.selectFrom('teams').select(['name', 'status']).execute()).toEqual([{ name: 'Staff', status: 'pending' }])
  expect(await states()).toEqual({ [ada]: 'pending', [grace]: 'pending' })
  expect((await scim(`/Users/${ada}`)).body.groups).toMatchObject([{ value: group.id, display: 'Staff', type: 'direct' }])
  const { body: empty, status, headers } = await scim('/Groups', { body: { displayName: 'Empty' } })
  expect([status, empty.members, headers.get('location'), headers.get('etag')]).toEqual([201, [], empty.meta.location, empty.meta.version])
  expect((await scim(`/Groups/${empty.id}`)).body).toEqual(empty)
})

test('pushing the same members again changes nothing: approvals, version and time stay', async () => {
  const { scim, db, patch, approve, states, ada, grace, group } = await startWithMembers()
  await approve()
  const before = (await scim(`/Groups/${group.id}`)).body
  const audited = await db.selectFrom('audit_log').select('id').execute()
  const members = [{ value: ada }, { value: grace }]
  for (const operation of [
    { op: 'add', path: 'members', value: members },
    { op: 'Add', path: 'members', value: [{ $ref: null, value: ada }] },
    { op: 'replace', path: 'members', value: members.toReversed() },
    { op: 'replace', value: { id: group.id, displayName: 'Staff', members } },
    { op: 'remove', path: `members[value eq "${missingId}"]` },
  ]) {
    const answer = await patch(operation)
    expect([answer.status, answer.headers.get('etag')]).toEqual([204, before.meta.version])
  }
  const put = await scim(`/Groups/${group.id}`, { method: 'PUT', body: oktaGroup('Staff', [grace, ada]) })
  expect([put.status, put.body]).toEqual([200, before])
  expect(await states()).toEqual({ [ada]: 'active', [grace]: 'active' })
  expect(await db.selectFrom('audit_log').select('id').execute()).toEqual(audited)
})

test('who stays keeps the approval when others come and go', async () => {
  const { patch, approve, states, ada, grace, edsger } = await startWithMembers()
  await approve()
  expect((await patch({ op: 'replace', path: 'members', value: [{ value: grace }, { value: edsger }] })).status).toBe(204)
  expect(await states()).toEqual({ [grace]: 'active', [edsger]: 'pending' })
  await patch({ op: 'add', path: 'members', value: [{ value: ada }] })
  expect(await states()).toEqual({ [ada]: 'pending', [grace]: 'active', [edsger]: 'pending' })
})

test('every way in which a directory changes members and name has its effect', async () => {
  const { scim, patch, ada, grace, edsger, group } = await startWithMembers()
  const forms: [unknown, string[]][] = [
    [{ op: 'remove', path: `members[value eq "${ada}"]` }, [grace]],
    [{ op: 'add', path: 'members', value: [{ value: ada, display: 'ada@example.com' }] }, [ada, grace]],
    [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: grace }] }, [ada]],
    [
      {
        op: 'Add',
        path: 'members',
        value: [
          { $ref: null, value: grace },
          { $ref: null, value: edsger },
        ],
      },
      [ada, grace, edsger],
    ],
    [{ op: 'replace', path: 'members', value: [] }, []],
    [{ op: 'add', path: 'members', value: { value: ada } }, [ada]],
    [{ op: 'replace', value: { id: group.id, displayName: 'Crew', members: [{ value: edsger }] } }, [edsger]],
    [{ op: 'add', value: { members: [{ value: ada }] } }, [ada, edsger]],
    [{ op: 'replace', value: { id: group.id, displayName: 'Staff' } }, [ada, edsger]],
    [{ op: 'remove', path: `members[value eq "${ada}" or value eq "${edsger}"]` }, []],
    [{ op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:members', value: [{ value: ada }] }, [ada]],
    [{ op: 'remove', path: 'members' }, []],
  ]
  for (const [operation, members] of forms) {
    const answer = await patch(operation)
    expect([operation, answer.status, answer.body]).toEqual([operation, 204, undefined])
    expect([operation, await memberIds(scim, group.id)]).toEqual([operation, members])
  }
  expect((await scim(`/Groups/${group.id}`)).body.displayName).toBe('Staff')
})

test('several operations in one request work one after the other', async () => {
  const { scim, patch, ada, grace, edsger, group } = await startWithMembers()
  await patch(
    { op: 'replace', path: 'displayName', value: 'Crew' },
    { op: 'remove', path: 'members' },
    { op: 'add', path: 'members', value: [{ value: edsger }, { value: ada }] },
    { op: 'remove', path: `members[value eq "${ada}"]` },
    { op: 'replace', path: 'displayName', value: 'Staff' },
    { op: 'replace', path: 'externalId', value: 'one' },
    { op: 'remove', path: 'externalId' },
  )
  const { body } = await scim(`/Groups/${group.id}`)
  expect([body.displayName, body.externalId, body.members.map(({ value }: { value: string }) => value)]).toEqual([
    'Staff',
    undefined,
    [edsger],
  ])
  expect(grace).not.toBe(edsger)
})

test('a PATCH that fails in its third operation leaves no trace of the first two', async () => {
  const { scim, db, patch, edsger, ada, group } = await startWithMembers()
  const tables = ['teams', 'memberships', 'audit_log', 'changes', 'outbox'] as const
  const everything = async () => Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()))
  const before = await everything()
  const refused = await patch(
    { op: 'replace', path: 'displayName', value: 'Crew' },
    { op: 'replace', path: 'members', value: [{ value: edsger }] },
    { op: 'add', path: 'members', value: [{ value: missingId }] },
  )
  expectRefusal(refused, 400, 'invalidValue')
  expect(refused.body.detail).toContain(missingId)
  expectRefusal(
    await patch({ op: 'remove', path: `members[value eq "${ada}"]` }, { op: 'replace', path: 'id', value: 'x' }),
    400,
    'mutability',
  )
  expect(await everything()).toEqual(before)
  expect((await scim(`/Groups/${group.id}`)).body).toEqual(group)
})

test('an id that was never issued is refused by name in POST, PUT and PATCH; nothing is made of the rest', async () => {
  const { scim, patch, ada, group } = await startWithMembers()
  for (const id of [missingId, 'not-an-id', "'; drop table users; --", group.id]) {
    for (const answer of [
      await scim('/Groups', { body: oktaGroup('Another', [ada, id]) }),
      await scim(`/Groups/${group.id}`, { method: 'PUT', body: oktaGroup('Staff', [id]) }),
      await patch({ op: 'add', path: 'members', value: [{ value: id }] }),
    ]) {
      expectRefusal(answer, 400, 'invalidValue')
      expect(answer.body.detail).toContain(id)
    }
  }
  expect((await scim('/Groups')).body).toMatchObject({ totalResults: 1, Resources: [group] })
})

test('the id of a deleted user is accepted without effect, and the log says so', async () => {
  const { scim, patch, ada, edsger, group, log } = await startWithMembers()
  await scim(`/Users/${edsger}`, { method: 'DELETE' })
  expect((await patch({ op: 'add', path: 'members', value: [{ value: edsger }] })).status).toBe(204)
  expect((await scim(`/Groups/${group.id}`, { method: 'PUT', body: oktaGroup('Staff', [ada, edsger]) })).status).toBe(200)
  expect(await memberIds(scim, group.id)).toEqual([ada])
  const lines = (await log(7)).filter(({ advice }) => advice?.includes(edsger))
  expect(lines).toHaveLength(2)
  expect(lines[0]?.summary).toMatch(/passed over 1 member whom the directory has deleted/)
  expect(lines[0]?.advice).toMatch(/remove them/)
})

test('thirty requests that add one member each to one group at the same time lose nobody', async () => {
  const { scim, group } = await startWithMembers()
  const names = Array.from({ length: 30 }, (_, i) => `user${i}@example.com`)
  const ids = await createUsers(scim, ...names)
  const add = (id: string) =>
    scim(`/Groups/${group.id}`, { method: 'PATCH', body: patchOf({ op: 'add', path: 'members', value: [{ value: id }] }) })
  const answers = await Promise.all(ids.map(add))
  expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(204))
  expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(30)
  expect(await memberIds(scim, group.id)).toEqual(expect.arrayContaining(ids))
  const removed = await Promise.all([
    ...ids.slice(0, 15).map((id) => scim(`/Users/${id}`, { method: 'DELETE' })),
    ...ids
      .slice(15)
      .map((id) => scim(`/Groups/${group.id}`, { method: 'PATCH', body: patchOf({ op: 'remove', path: `members[value eq "${id}"]` }) })),
  ])
  expect(removed.map(({ status }) => status)).toEqual(Array(30).fill(204))
  expect(await memberIds(scim, group.id)).toHaveLength(2)
})

test('users who are on the same teams can be deleted all at once', async () => {
  const { scim } = await startScim()
  const ids = await createUsers(scim, ...Array.from({ length: 12 }, (_, i) => `user${i}@example.com`))
  const teams = await Promise.all(['A', 'B', 'C', 'D'].map(async (name) => (await scim('/Groups', { body: oktaGroup(name, ids) })).body.id))
  const answers = await Promise.all(ids.map((id) => scim(`/Users/${id}`, { method: 'DELETE' })))
  expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(204))
  for (const team of teams) expect(await memberIds(scim, team)).toEqual([])
})
