import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { approveWork } from '@claviger/client/approvals/approve.ts'
import { type Automator, openAutomator } from '@claviger/client/automator/automator.ts'
import { enrolAutomator } from '@claviger/client/automator/enrol.ts'
import { memoryAutomatorStore } from '@claviger/client/automator/profile.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { asAdministrator, stateNext } from '@claviger/client/log/log-statements.ts'
import { removeAutomator } from '@claviger/contract/api/automators.ts'
import { AutomatorId, NodeId, type TeamId } from '@claviger/contract/ids.ts'
import type { AutomatorRight, AutomatorScope } from '@claviger/contract/log/statement.ts'
import { addNode } from '@claviger/server/nodes/nodes.ts'
import { expect, test, vi } from 'vitest'
import { type ApprovalScene, approve, opened, shareFolderWith, startApprovals } from './approval-scene.ts'

async function enrol(ada: OpenAccount, rights: AutomatorRight[], scope: Partial<AutomatorScope> = {}): Promise<Automator> {
  const wanted = {
    name: `Robot for ${rights.join(', ')} ${JSON.stringify(scope)}`,
    scope: { rights, nodes: null, verifiedPeopleOnly: false, ...scope },
    domains: [],
  }
  const profile = await enrolAutomator(ada, wanted)
  const store = memoryAutomatorStore()
  await store.save(profile)
  return openAutomator(store)
}

async function dismiss(ada: OpenAccount, automator: Automator) {
  const state = await refreshLog(ada)
  const automatorId = AutomatorId.parse(automator.id)
  const { entry } = await stateNext(state, asAdministrator(ada.identity), { kind: 'automator-removed', automatorId }, Date.now())
  await call(ada.connection, removeAutomator, { automator: automatorId, entries: [entry] })
}

const everything: AutomatorRight[] = ['certify', 'teams', 'memberships']

function grantsOfTeam({ api }: ApprovalScene, teamId: TeamId) {
  return api.db
    .selectFrom('team_grants')
    .select(['epoch', 'approver_epoch'])
    .where('team_id', '=', teamId)
    .orderBy('approver_epoch')
    .execute()
}

test('story 11: an automator certifies, approves teams and members, and renews keys, with nobody there', async () => {
  const { ada, person, pushTeam, removeFrom, members, team } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const robot = await enrol(ada, everything)
  const teamId = await pushTeam('Engineering', grace, joan)
  expect(await approveWork(robot, { certify: true })).toMatchObject({
    certified: [{ email: 'grace@example.com' }, { email: 'joan@example.com' }],
    approvedTeams: [{ teamId }],
    approved: [{ email: 'grace@example.com' }, { email: 'joan@example.com' }],
    skipped: [],
  })
  expect(robot.state.certificates.get(grace.identity.userId)?.evidence).toEqual({ kind: 'automator', rule: 'registered' })
  await removeFrom(teamId, joan)
  expect(await approveWork(robot, { certify: true })).toMatchObject({ rotated: [{ teamId }], renewed: [{ email: 'grace@example.com' }] })
  expect(await team(teamId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
  expect(await members(teamId)).toEqual({ grace: 'active 2' })
  expect(await opened(grace, teamId, 2)).toBe(await opened(ada, teamId, 2))
})

test('an automator does what the log lets it do, in the nodes of its scope, and no more', async () => {
  const { api, ada, person, pushTeam, members, team } = await startApprovals()
  const grace = await person('grace')
  const teamId = await pushTeam('Engineering', grace)
  const onlyMembers = await enrol(ada, ['memberships'])
  expect(await approveWork(onlyMembers, { certify: true })).toMatchObject({ certified: [], approvedTeams: [], approved: [], skipped: [] })
  await approve(ada, { certify: true, users: () => false })
  expect(await approveWork(onlyMembers, { certify: true })).toMatchObject({ approved: [], skipped: [{ code: 'uncertified' }] })
  await approve(ada, { certify: true, teams: () => false })
  const { id } = await api.write((trx) => addNode(trx, { name: 'Elsewhere', parentId: api.rootNodeId }, 'test', Date.now()))
  const elsewhere = await enrol(ada, everything, { nodes: [NodeId.parse(id)] })
  expect(await approveWork(elsewhere, { certify: true })).toMatchObject({ approved: [], skipped: [] })
  expect(await team(teamId)).toMatchObject({ status: 'active' })
  expect(await approveWork(onlyMembers, { certify: true })).toMatchObject({ approved: [{ email: 'grace@example.com' }] })
  expect(await members(teamId)).toEqual({ grace: 'active 1' })
})

test('an automator that is for certified people alone admits nobody at first use, whatever the policy', async () => {
  const { ada, person, pushTeam, setPolicy, members } = await startApprovals()
  const grace = await person('grace')
  const teamId = await pushTeam('Engineering', grace)
  await setPolicy({ autoApproval: 'everyone' })
  const strict = await enrol(ada, ['teams', 'memberships'], { verifiedPeopleOnly: true })
  expect(await approveWork(strict, { certify: true })).toMatchObject({
    approvedTeams: [{ teamId }],
    approved: [],
    skipped: [{ code: 'uncertified' }],
  })
  const trusting = await enrol(ada, ['teams', 'memberships'])
  expect(await approveWork(trusting, { certify: false })).toMatchObject({ approved: [{ email: 'grace@example.com' }] })
  expect(await members(teamId)).toEqual({ grace: 'active 1' })
})

test('after an approver was removed, the approver key is renewed, and every team whose key they could open gets another', async () => {
  const scene = await startApprovals()
  const { ada, person, pushTeam, members } = scene
  const [grace, joan] = [await person('grace'), await person('joan')]
  const robot = await enrol(ada, everything)
  const teamId = await pushTeam('Engineering', grace)
  await approveWork(robot, { certify: true })
  const key = await opened(grace, teamId)
  await dismiss(ada, robot)
  expect((await refreshLog(ada)).approverKeyDue).toBe(true)
  await expect(approveWork(robot, { certify: true })).rejects.toMatchObject({ code: 'unauthenticated' })
  // While it is due nothing is sealed to it, by a member either.
  const pending = await pushTeam('Sales', grace, joan)
  expect(await approve(grace)).toMatchObject({ approvedTeams: [], rotated: [] })
  expect(await grantsOfTeam(scene, teamId)).toEqual([{ epoch: 1, approver_epoch: 1 }])
  expect(await approve(ada, { certify: true })).toMatchObject({ approvedTeams: [{ teamId: pending }], rotated: [{ teamId }], skipped: [] })
  expect(ada.state).toMatchObject({ approverKeyDue: false })
  expect(ada.state.approverKeys).toHaveLength(2)
  expect(await grantsOfTeam(scene, teamId)).toEqual([
    { epoch: 1, approver_epoch: 1 },
    { epoch: 1, approver_epoch: 2 },
    { epoch: 2, approver_epoch: 2 },
  ])
  expect(await grantsOfTeam(scene, pending)).toEqual([{ epoch: 1, approver_epoch: 2 }])
  const renewed = await opened(grace, teamId, 2)
  expect(renewed).not.toBeNull()
  expect(renewed).not.toEqual(key)
  expect(await opened(ada, teamId, 2)).toEqual(renewed)
  expect(await members(pending)).toEqual({ grace: 'active 1', joan: 'active 1' })
})

test('a folder that a removed automator gave on is not given on again, but gets another key in the same run', async () => {
  const { api, ada, person, pushTeam, removeFrom } = await startApprovals()
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  const robot = await enrol(ada, everything)
  const teamId = await pushTeam('Engineering', grace, joan, lee)
  await approveWork(robot, { certify: true })
  await refreshLog(grace)
  const { folderId } = await shareFolderWith(teamId, grace)
  await removeFrom(teamId, joan)
  expect(await approveWork(robot, { certify: true })).toMatchObject({ rotated: [{ teamId }], rotatedFolders: 1, skipped: [] })
  await dismiss(ada, robot)
  await removeFrom(teamId, lee)
  const rotation = vi.fn()
  const watching: typeof fetch = (input, init) => {
    if (String(input).endsWith(`/teams/${teamId}/rotate`)) rotation(JSON.parse(String(init?.body)).unopened)
    return fetch(input, init)
  }
  const report = await approve({ ...ada, connection: { ...ada.connection, fetch: watching } })
  expect(report).toMatchObject({ rotated: [{ teamId }], rotatedFolders: 1, skipped: [] })
  expect(rotation).toHaveBeenCalledExactlyOnceWith([folderId])
  expect(await api.db.selectFrom('folders').select(['key_epoch', 'rotation_due']).executeTakeFirstOrThrow()).toEqual({
    key_epoch: 3,
    rotation_due: 0,
  })
})

test('a client admits 500 people, and the server takes them in one request', { timeout: 120_000 }, async () => {
  const { ada, person, pushTeam, members } = await startApprovals()
  const people: OpenAccount[] = []
  for (let n = 0; n < 500; n++) people.push(await person(`person-${n}`))
  expect((await approve(ada, { certify: true })).certified).toHaveLength(500)
  const teamId = await pushTeam('Everybody', ...people)
  let requests = 0
  const counting: typeof fetch = (input, init) => {
    if (String(input).endsWith('/approvals/memberships')) requests++
    return fetch(input, init)
  }
  const report = await approve({ ...ada, connection: { ...ada.connection, fetch: counting } })
  expect([report.approved.length, report.skipped]).toEqual([500, []])
  expect(requests).toBe(1)
  expect(new Set(Object.values(await members(teamId)))).toEqual(new Set(['active 1']))
})
