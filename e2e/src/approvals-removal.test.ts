import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { readTeamKeys } from '@claviger/contract/api/approvals.ts'
import type { TeamId } from '@claviger/contract/ids.ts'
import { addMethod, methodBaseUrl, saveMethod } from '@claviger/server/provisioning/methods.ts'
import { expect, test } from 'vitest'
import { type ApprovalScene, approve, opened, startApprovals } from './approval-scene.ts'

/** The directory of the node, as it speaks SCIM over HTTP. */
async function connectScim({ api }: ApprovalScene) {
  const { token } = await api.write(async (trx) => {
    const made = await addMethod(trx, api.nodeId, 'test', Date.now())
    await saveMethod(trx, made.method.id, 'test', Date.now())
    return made
  })
  return async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${methodBaseUrl(api.origin, api.nodeId)}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    expect([method, path, answer.status]).toEqual([method, path, expect.toBeOneOf([200, 204])])
  }
}

const patchOf = (...Operations: unknown[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })
const idOf = ({ identity }: OpenAccount) => identity.userId

/** A team with Grace and Joan on it, and Lee who waits. */
async function start() {
  const scene = await startApprovals()
  const { ada, person, pushTeam, addTo } = scene
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  const teamId = await pushTeam('Engineering', grace, joan)
  await approve(ada, { certify: true })
  await addTo(teamId, lee)
  return { ...scene, grace, joan, lee, teamId, scim: await connectScim(scene) }
}

type Removal = (scene: Awaited<ReturnType<typeof start>>, who: OpenAccount, stay: readonly OpenAccount[]) => Promise<void>

const removals: Readonly<Record<string, Removal>> = {
  'PATCH remove by path': ({ scim, teamId }, who) =>
    scim('PATCH', `/Groups/${teamId}`, patchOf({ op: 'remove', path: `members[value eq "${idOf(who)}"]` })),
  'PATCH remove by value': ({ scim, teamId }, who) =>
    scim('PATCH', `/Groups/${teamId}`, patchOf({ op: 'remove', path: 'members', value: [{ value: idOf(who) }] })),
  'PATCH replace': ({ scim, teamId }, _, stay) =>
    scim('PATCH', `/Groups/${teamId}`, patchOf({ op: 'replace', path: 'members', value: stay.map((one) => ({ value: idOf(one) })) })),
  PUT: ({ scim, teamId }, _, stay) =>
    scim('PUT', `/Groups/${teamId}`, {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Engineering',
      members: stay.map((one) => ({ value: idOf(one) })),
    }),
  'DELETE of the user': ({ scim }, who) => scim('DELETE', `/Users/${idOf(who)}`),
}

for (const [way, remove] of Object.entries(removals)) {
  test(`story 13: ${way} marks the key for rotation where a member left who held it, and takes the key away at once`, async () => {
    const scene = await start()
    const { grace, joan, lee, teamId, team, members, api } = scene
    await remove(scene, lee, [grace, joan])
    expect(await team(teamId)).toMatchObject({ rotation_due: 0 })
    const held = await call(joan.connection, readTeamKeys, {})
    expect(held.keys).toHaveLength(1)
    await remove(scene, joan, [grace])
    expect(await team(teamId)).toMatchObject({ rotation_due: 1, key_epoch: 1 })
    expect(await members(teamId)).toEqual({ grace: 'active 1' })
    const after = await api.db.selectFrom('memberships').selectAll().where('user_id', '=', idOf(joan)).execute()
    expect(after).toEqual([])
  })
}

test('story 13: deleting the group archives the team: its keys are withheld, and none of them is lost', async () => {
  const { ada, grace, teamId, scim, team, api } = await start()
  await scim('DELETE', `/Groups/${teamId}`)
  expect(await team(teamId)).toMatchObject({ status: 'archived', key_epoch: 1 })
  expect((await call(grace.connection, readTeamKeys, {})).keys).toEqual([])
  expect([await opened(grace, teamId), await opened(ada, teamId)]).toEqual([null, null])
  const kept = await api.db.selectFrom('memberships').select('key_grant').where('team_id', '=', teamId).execute()
  expect(kept.filter(({ key_grant }) => key_grant !== null)).toHaveLength(2)
  expect(await api.db.selectFrom('team_grants').selectAll().where('team_id', '=', teamId).execute()).toHaveLength(1)
  expect(await approve(ada, { certify: true })).toMatchObject({ approved: [], rotated: [], approvedTeams: [] })
})

test('a locked member keeps the membership: nothing rotates, and unlocking needs no approval', async () => {
  const { ada, grace, joan, teamId, scim, team, members } = await start()
  await approve(ada, { certify: true })
  const key = await opened(joan, teamId)
  const setActive = (active: boolean) => scim('PATCH', `/Users/${idOf(joan)}`, patchOf({ op: 'replace', value: { active } }))
  await setActive(false)
  expect(await members(teamId)).toMatchObject({ joan: 'active 1' })
  expect(await team(teamId)).toMatchObject({ rotation_due: 0 })
  expect(await approve(grace)).toMatchObject({ approved: [], renewed: [], rotated: [] })
  await setActive(true)
  expect(await members(teamId)).toMatchObject({ joan: 'active 1' })
  expect(await opened(grace, teamId)).toBe(key)
})

test('a member who is locked while the team rotates is renewed once they are back', async () => {
  const { ada, joan, lee, teamId, scim, removeFrom, members } = await start()
  await approve(ada, { certify: true })
  await scim('PATCH', `/Users/${idOf(joan)}`, patchOf({ op: 'replace', value: { active: false } }))
  await removeFrom(teamId, lee)
  await approve(ada)
  expect(await members(teamId)).toEqual({ grace: 'active 2', joan: 'active 1' })
  await scim('PATCH', `/Users/${idOf(joan)}`, patchOf({ op: 'replace', value: { active: true } }))
  expect(await approve(ada)).toMatchObject({ renewed: [{ email: 'joan@example.com' }], approved: [] })
  expect(await members(teamId)).toEqual({ grace: 'active 2', joan: 'active 2' })
})

test('who was removed and added again is approved anew, and never gets the old grant', async () => {
  const { ada, joan, teamId, removeFrom, addTo, members, api } = await start()
  const grantOf = async () =>
    (
      await api.db
        .selectFrom('memberships')
        .select('key_grant')
        .where('team_id', '=', teamId)
        .where('user_id', '=', idOf(joan))
        .executeTakeFirstOrThrow()
    ).key_grant
  const before = await grantOf()
  await removeFrom(teamId, joan)
  await addTo(teamId, joan)
  expect(await members(teamId)).toMatchObject({ joan: 'pending 0' })
  expect([await grantOf(), await opened(joan, teamId)]).toEqual([null, null])
  await approve(ada, { certify: true })
  expect(await members(teamId)).toMatchObject({ joan: 'active 2' })
  expect(await grantOf()).not.toBe(before)
  expect(await opened(joan, teamId, 1)).toBeNull()
  expect(await opened(joan, teamId, 2)).toBe(await opened(ada, teamId, 2))
})

test('a person whom the directory deleted and created again is on the team again only after an approval', async () => {
  const { ada, joan, teamId, scim, api, addTo, members, team } = await start()
  await scim('DELETE', `/Users/${idOf(joan)}`)
  expect(await team(teamId as TeamId)).toMatchObject({ rotation_due: 1 })
  await api.invite('joan@example.com').catch(() => {}) // the same address: the account is given back, with no invitation to it
  const row = await api.db
    .selectFrom('users')
    .select(['id', 'deleted_at', 'status'])
    .where('email', '=', 'joan@example.com')
    .executeTakeFirstOrThrow()
  expect(row).toEqual({ id: idOf(joan), deleted_at: null, status: 'active' })
  await addTo(teamId, joan)
  expect(await members(teamId)).toMatchObject({ joan: 'pending 0' })
  await approve(ada, { certify: true })
  expect(await members(teamId)).toMatchObject({ joan: 'active 2' })
})
