import { ApiError, call } from '@claviger/client/api/call.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { certifyPerson } from '@claviger/client/approvals/certify.ts'
import { loadKeyring } from '@claviger/client/approvals/keyring.ts'
import type { ApprovalReport } from '@claviger/client/approvals/report.ts'
import { openAutomator } from '@claviger/client/automator/automator.ts'
import { enrolAutomator } from '@claviger/client/automator/enrol.ts'
import { type AutomatorStore, memoryAutomatorStore } from '@claviger/client/automator/profile.ts'
import { removeAutomator } from '@claviger/client/automator/remove.ts'
import { runAutomator, runOnce } from '@claviger/client/automator/run.ts'
import { certifiedUser } from '@claviger/client/keys/recipients.ts'
import { grantTeamKey } from '@claviger/client/keys/team-key.ts'
import { asAdministrator, stateGenesis, stateNext } from '@claviger/client/log/log-statements.ts'
import { grantMemberships } from '@claviger/contract/api/approvals.ts'
import { NodeId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { AutomatorScope } from '@claviger/contract/log/statement.ts'
import { addNode } from '@claviger/server/nodes/nodes.ts'
import { createTeam } from '@claviger/server/teams/create.ts'
import { addMembers } from '@claviger/server/teams/members.ts'
import { expect, test } from 'vitest'
import { type ApprovalScene, approve, expectWhole, opened, startApprovals } from './approval-scene.ts'
import { quickPerson } from './people.ts'
import { answering } from './playing-server.ts'

const everything: AutomatorScope = { rights: ['certify', 'teams', 'memberships'], nodes: null, verifiedPeopleOnly: false }

/** Enrols an automator. @returns what its machine keeps */
async function enrolled({ ada }: ApprovalScene, name: string, scope: Partial<AutomatorScope> = {}): Promise<AutomatorStore> {
  const store = memoryAutomatorStore()
  await store.save(await enrolAutomator(ada, { name, scope: { ...everything, ...scope }, domains: [] }))
  return store
}

/** Everything that several did, by kind, with the name of each thing; what two of them did stands there twice. */
function doneBy(reports: readonly ApprovalReport[]) {
  const all = <T>(of: (report: ApprovalReport) => readonly T[], name: (thing: T) => string) => reports.flatMap(of).map(name).toSorted()
  return {
    certified: all(
      ({ certified }) => certified,
      ({ email }) => email,
    ),
    teams: all(
      ({ approvedTeams }) => approvedTeams,
      ({ teamName }) => teamName,
    ),
    memberships: all(
      ({ approved }) => approved,
      ({ teamName, email }) => `${email} on ${teamName}`,
    ),
  }
}

test('two automators, and two that run as one, do everything once between them', { timeout: 60_000 }, async () => {
  const scene = await startApprovals()
  const { api, person, pushTeam, members } = scene
  const people = await Promise.all(Array.from({ length: 8 }, (_, at) => person(`person-${at}`)))
  const teams = await Promise.all(Array.from({ length: 4 }, (_, at) => pushTeam(`Team ${at}`, ...people)))
  const [first, second] = [await enrolled(scene, 'First'), await enrolled(scene, 'Second')]
  const automators = await Promise.all([first, first, second, second].map((store) => openAutomator(store)))
  const reports = await Promise.all(automators.map((automator) => runOnce(automator)))
  // Whoever came second moved on, and may have left for the next look what the other had not done yet.
  reports.push(await runOnce(automators[0] ?? (await openAutomator(first))))
  const emails = people.map(({ profile }) => profile.email).toSorted()
  expect(doneBy(reports)).toEqual({
    certified: emails,
    teams: teams.map((_, at) => `Team ${at}`),
    memberships: emails.flatMap((email) => teams.map((_, at) => `${email} on Team ${at}`)).toSorted(),
  })
  for (const teamId of teams) {
    expect(new Set(Object.values(await members(teamId)))).toEqual(new Set(['active 1']))
    await expectWhole(scene, teamId)
    expect(new Set(await Promise.all(people.map((member) => opened(member, teamId)))).size).toBe(1)
  }
  const approvals = await api.db.selectFrom('audit_log').select('detail').where('action', '=', 'membership.approved').execute()
  expect(approvals.flatMap(({ detail }) => JSON.parse(detail ?? '{}').approved)).toHaveLength(people.length * teams.length)
})

test('an automator of one node certifies and admits nobody of another, nor by asking without being offered it', async () => {
  const scene = await startApprovals()
  const { ada, api, person, pushTeam, members } = scene
  const { id: elsewhere } = await api.write((trx) => addNode(trx, { name: 'Elsewhere', parentId: api.rootNodeId }, 'command', Date.now()))
  const [grace, lin] = [await person('grace'), await quickPerson(api, 'lin@example.com', { nodeId: elsewhere })]
  const here = await pushTeam('Here', grace)
  const there = await api.write(async (trx) => {
    const scope = api.scope(elsewhere)
    const team = await createTeam(trx, scope, { name: 'There', externalId: null })
    await addMembers(trx, scope, team, [lin.owner.userId])
    return team.id
  })
  const automator = await openAutomator(await enrolled(scene, 'Robot', { nodes: [NodeId.parse(api.nodeId)] }))
  expect(doneBy([await runOnce(automator)])).toEqual({
    certified: ['grace@example.com'],
    teams: ['Here'],
    memberships: ['grace@example.com on Here'],
  })
  expect(await members(here)).toEqual({ grace: 'active 1' })

  const offered = { userId: lin.owner.userId, identity: lin.identity.public, email: 'lin@example.com' }
  await expect(certifyPerson(automator, offered, { wordsCompared: false })).rejects.toMatchObject({ status: 403, code: 'forbidden' })
  await approve(ada, { certify: true, teams: ({ teamId }) => teamId === there, users: () => false })
  const state = await automator.refresh()
  const teamId = [...state.teamKeys.keys()].find((id) => id === there)
  expect(teamId && (await (await loadKeyring(automator)).teamKey(teamId, 1))).toBeNull()
  // Ada's key, given on under the automator's name: what one would send who had found the key somewhere.
  const key = teamId && (await (await loadKeyring(approverOf(ada))).teamKey(teamId, 1))
  if (!key) throw new Error('the team has no key')
  await approve(ada, { certify: true, teams: () => false })
  const grant = await grantTeamKey(ada.state, key, certifiedUser(ada.state, lin.owner.userId), automator.granter, Date.now())
  await expect(call(automator.connection, grantMemberships, { grants: [grant] })).rejects.toMatchObject({ status: 403, code: 'forbidden' })
})

test('an automator for certified people alone serves them, and nobody else whatever the policy says', async () => {
  const scene = await startApprovals()
  const { ada, person, pushTeam, members, setPolicy } = scene
  const [grace, lin] = [await person('grace'), await person('lin')]
  await approve(ada, { certify: ({ email }) => email === grace.profile.email })
  const teamId = await pushTeam('Engineering', grace, lin)
  await setPolicy({ autoApproval: 'everyone' })
  const automator = await openAutomator(await enrolled(scene, 'Strict', { rights: ['teams', 'memberships'], verifiedPeopleOnly: true }))
  const planned = await runOnce(automator, { dryRun: true })
  expect(planned).toMatchObject({ approvedTeams: [{ teamName: 'Engineering' }], certified: [] })
  expect(await runOnce(automator)).toMatchObject({
    certified: [],
    approved: [{ email: 'grace@example.com' }],
    skipped: [{ what: 'membership', userId: lin.owner.userId, code: 'uncertified' }],
  })
  expect(await members(teamId)).toEqual({ grace: 'active 1', lin: 'pending 0' })
})

test('keys that an automator took for somebody’s at first use stay theirs, for every process of it', async () => {
  const scene = await startApprovals()
  const { person, pushTeam, members, setPolicy } = scene
  await setPolicy({ autoApproval: 'everyone' })
  const [grace, mallory] = [await person('grace'), await person('mallory')]
  const store = await enrolled(scene, 'Robot', { rights: ['teams', 'memberships'] })
  await pushTeam('First', grace)
  expect(await runOnce(await openAutomator(store))).toMatchObject({ certified: [], approved: [{ email: 'grace@example.com' }] })
  const second = await pushTeam('Second', grace)
  // A server that has found out how to make keys that fit the name would offer them here.
  const lying = answering('/api/v1/approvals/work', (work) => ({
    ...work,
    memberships: Array.isArray(work['memberships'])
      ? work['memberships'].map((one) => (one.userId === grace.owner.userId ? { ...one, identity: mallory.identity.public } : one))
      : [],
  }))
  expect(await runOnce(await openAutomator(store, lying))).toMatchObject({
    approved: [],
    skipped: [{ what: 'membership', userId: grace.owner.userId, code: 'swapped_key' }],
  })
  expect(await members(second)).toEqual({ grace: 'pending 0' })
  expect(await runOnce(await openAutomator(store))).toMatchObject({ approved: [{ teamName: 'Second' }] })
})

test('a running automator stops for good where the log is another one, shorter, or has it no more', { timeout: 60_000 }, async () => {
  const scene = await startApprovals()
  const { ada, person, pushTeam, team } = scene
  // Ada could say the other thing as well, and a server could keep both.
  const say = (state: LogState, recovery: boolean) =>
    stateNext(state, asAdministrator(ada.identity), { kind: 'policy-set', policy: { ...state.policy, recovery } }, Date.now())
  const other = await say((await say(ada.state, false)).state, true)
  const store = await enrolled(scene, 'Robot')
  const foreign = await stateGenesis(ada.identity, 'ada@example.com', 0)
  const hostile = [
    [{ code: 'log_forked' }, (answer: object) => ({ ...answer, entries: [other.entry], length: other.state.length })],
    [{ code: 'wrong_enterprise' }, (answer: object) => ({ ...answer, entries: [foreign.entry], length: other.state.length })],
    [{ code: 'log_shortened' }, (answer: object) => ({ ...answer, entries: [], length: 3 })],
  ] as const
  const grace = await person('grace')
  const teamId = await pushTeam('Engineering', grace)
  for (const [refusal, change] of hostile) {
    let lies = false
    const answer = answering('/api/v1/log', (log) => (lies ? change(log) : log))
    const automator = await openAutomator(store, answer)
    lies = true
    const failures: Error[] = []
    const running = runAutomator(automator, {
      signal: new AbortController().signal,
      onReport: () => {},
      onFailure: (error) => failures.push(error),
    })
    await expect(running).rejects.toMatchObject(refusal)
    expect(failures).toEqual([])
  }
  expect(await team(teamId)).toMatchObject({ status: 'pending' })

  const automator = await openAutomator(store)
  const looked = Promise.withResolvers<void>()
  const running = runAutomator(automator, {
    signal: new AbortController().signal,
    onReport: () => looked.resolve(),
    onFailure: (error) => looked.reject(error),
  })
  const ended = running.catch((error: unknown) => error)
  await looked.promise
  await removeAutomator(ada, automator.id)
  expect(await ended).toMatchObject({ code: expect.stringMatching(/^(unauthenticated|not_entitled)$/) })
  await expect(openAutomator(store)).rejects.toBeInstanceOf(ApiError)
})

test('a running automator waits for a server that is away, and goes on by itself', { timeout: 60_000 }, async () => {
  const scene = await startApprovals()
  const { person, pushTeam, members } = scene
  const teamId = await pushTeam('Engineering', await person('grace'))
  let away = false
  const failures: unknown[] = []
  const reports: ApprovalReport[] = []
  const mayBeAway: typeof fetch = async (input, init) => {
    if (away) throw new TypeError('connection refused')
    return fetch(input, init)
  }
  const automator = await openAutomator(await enrolled(scene, 'Robot'), mayBeAway)
  away = true
  const ending = new AbortController()
  const running = runAutomator(automator, {
    signal: ending.signal,
    onReport: (report) => {
      reports.push(report)
    },
    onFailure: (error) => {
      failures.push(error)
      away = false
    },
  })
  await expect.poll(() => members(teamId), { timeout: 20_000 }).toEqual({ grace: 'active 1' })
  expect(failures).toMatchObject([{ code: 'unreachable' }])
  await pushTeam('Later', await person('lin'))
  await expect.poll(() => doneBy(reports).memberships, { timeout: 20_000 }).toContain('lin@example.com on Later')
  ending.abort()
  await running
})

test('an automator has a name of its own and nodes that are there, and only administrators of the whole enrol one', async () => {
  const scene = await startApprovals()
  const { ada, person, api } = scene
  await enrolled(scene, 'Robot')
  await expect(enrolled(scene, 'Robot')).rejects.toMatchObject({ code: 'uniqueness' })
  await expect(enrolled(scene, 'Lost', { nodes: [NodeId.parse(ada.owner.userId)] })).rejects.toMatchObject({ code: 'invalid_value' })
  const grace = await person('grace')
  await expect(enrolled({ ...scene, ada: grace }, 'Mine')).rejects.toMatchObject({ name: 'ContractError' })
  const names = await api.db.selectFrom('automators').select('name').execute()
  expect([names, ada.state.automators.size]).toEqual([[{ name: 'Robot' }], 1])
})
