import { call } from '@claviger/client/api/call.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { certifyPerson, safetyWordsWith } from '@claviger/client/approvals/certify.ts'
import { readApprovalWork } from '@claviger/contract/api/approvals.ts'
import { renameTeam } from '@claviger/server/teams/rename.ts'
import { lockTeam } from '@claviger/server/teams/team.ts'
import { updateUser } from '@claviger/server/users/update.ts'
import { lockUserRow } from '@claviger/server/users/user.ts'
import { expect, test } from 'vitest'
import { approve, opened, startApprovals } from './approval-scene.ts'

test('story 10: an administrator approves a pending team, then its members, who all open the same key', async () => {
  const { ada, person, pushTeam, team, members } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const teamId = await pushTeam('Engineering', grace, joan)
  expect(await team(teamId)).toMatchObject({ status: 'pending', key_epoch: 0 })
  const report = await approve(ada, { certify: true })
  expect(report).toMatchObject({
    certified: [{ email: 'grace@example.com' }, { email: 'joan@example.com' }],
    approvedTeams: [{ teamId, teamName: 'Engineering' }],
    approved: [{ email: 'grace@example.com' }, { email: 'joan@example.com' }],
    skipped: [],
  })
  expect(await team(teamId)).toMatchObject({ status: 'active', key_epoch: 1, rotation_due: 0 })
  expect(await members(teamId)).toEqual({ grace: 'active 1', joan: 'active 1' })
  const key = await opened(grace, teamId)
  expect(key).not.toBeNull()
  expect([await opened(joan, teamId), await opened(ada, teamId)]).toEqual([key, key])
})

test('an approval leaves the version of the team as it is, because a directory knows nothing of it', async () => {
  const { ada, person, pushTeam, team } = await startApprovals()
  const teamId = await pushTeam('Engineering', await person('grace'))
  const { version } = await team(teamId)
  await approve(ada, { certify: true })
  expect(await team(teamId)).toMatchObject({ status: 'active', version })
})

test('story 11: a member whose vault is open admits another, who is certified', async () => {
  const { ada, person, pushTeam, addTo, members } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const teamId = await pushTeam('Engineering', grace)
  await approve(ada, { certify: true })
  await addTo(teamId, joan)
  expect(await approve(grace)).toMatchObject({ approved: [{ email: 'joan@example.com' }], skipped: [] })
  expect(await members(teamId)).toEqual({ grace: 'active 1', joan: 'active 1' })
  expect(await opened(joan, teamId)).toBe(await opened(grace, teamId))
})

test('a member sees no work of teams on which they are not, or whose key they do not hold', async () => {
  const { ada, person, pushTeam, addTo } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const own = await pushTeam('Engineering', grace)
  const others = await pushTeam('Sales', joan)
  expect(await call(grace.connection, readApprovalWork, {})).toMatchObject({ teams: [], memberships: [], people: [] })
  await approve(ada, { certify: true, teams: ({ teamId }) => teamId === others })
  await addTo(others, grace)
  expect(await call(grace.connection, readApprovalWork, {})).toMatchObject({ teams: [], memberships: [], rotations: [] })
  await approve(ada, { certify: true, teams: ({ teamId }) => teamId === own })
  expect(await call(grace.connection, readApprovalWork, {})).toMatchObject({ memberships: [] })
})

test('where the policy wants verified members, nobody admits who is not certified', async () => {
  const { ada, person, pushTeam, addTo, members } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const teamId = await pushTeam('Engineering', grace)
  await approve(ada, { certify: true, users: ({ email }) => email.startsWith('grace') })
  await addTo(teamId, joan)
  for (const approver of [grace, ada]) {
    expect(await approve(approver)).toMatchObject({ approved: [], skipped: [{ what: 'membership', code: 'uncertified' }] })
  }
  expect(await members(teamId)).toEqual({ grace: 'active 1', joan: 'pending 0' })
})

test('where the policy lets everybody in, a member is admitted at first use and the keys are pinned', async () => {
  const { ada, person, pushTeam, setPolicy, members, api } = await startApprovals()
  const grace = await person('grace')
  const teamId = await pushTeam('Engineering', grace)
  await setPolicy({ autoApproval: 'everyone' })
  expect(await approve(ada)).toMatchObject({ certified: [], approved: [{ email: 'grace@example.com' }] })
  expect(await members(teamId)).toEqual({ grace: 'active 1' })
  expect(ada.profile.firstUse.get(grace.identity.userId)).toEqual(grace.identity.public)
  expect((await ada.store.load())?.firstUse.get(grace.identity.userId)).toEqual(grace.identity.public)
  // The server now says that Grace has other keys.
  const mallory = await person('mallory')
  const { signing_key, encryption_key, key_binding } = await api.db
    .selectFrom('accounts')
    .selectAll()
    .where('user_id', '=', mallory.identity.userId)
    .executeTakeFirstOrThrow()
  const sales = await pushTeam('Sales', grace)
  await api.write((trx) =>
    trx.updateTable('accounts').set({ signing_key, encryption_key, key_binding }).where('user_id', '=', grace.identity.userId).execute(),
  )
  expect(await approve(ada)).toMatchObject({ approved: [], skipped: [{ code: 'swapped_key' }] })
  expect(await members(sales)).toEqual({ grace: 'pending 0' })
})

test('a dry run says what would be done, and does nothing', async () => {
  const { ada, person, pushTeam, setPolicy, members, team } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const active = await pushTeam('Engineering', grace)
  await approve(ada, { certify: true, users: ({ email }) => email.startsWith('grace') })
  const pending = await pushTeam('Sales', grace)
  await setPolicy({ autoApproval: 'everyone' })
  const now = async () => ({ length: ada.state.length, members: await members(active), status: (await team(pending)).status })
  const before = await now()
  expect(await approve(ada, { certify: true, dryRun: true })).toMatchObject({
    certified: [{ email: 'joan@example.com' }],
    approvedTeams: [{ teamName: 'Sales' }],
    approved: [],
  })
  expect(await now()).toEqual(before)
  expect(ada.profile.firstUse.has(joan.identity.userId)).toBe(false)
})

test('filters serve the teams and people that are named, and leave the others', async () => {
  const { ada, person, pushTeam, team, members } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const [own, other] = [await pushTeam('Engineering', grace, joan), await pushTeam('Sales', grace)]
  await approve(ada, {
    certify: true,
    teams: ({ teamName }) => teamName === 'Engineering',
    users: ({ email }) => email.startsWith('grace'),
  })
  expect(await members(own)).toEqual({ grace: 'active 1', joan: 'pending 0' })
  expect(await team(other)).toMatchObject({ status: 'pending' })
})

test('both sides see the same safety words, and others where the server gave one of them other keys', async () => {
  const { ada, person } = await startApprovals()
  const [grace, mallory] = [await person('grace'), await person('mallory')]
  const offered = { userId: grace.identity.userId, identity: grace.identity.public }
  const ofAda = grace.state.certificates.get(ada.identity.userId)
  if (ofAda === undefined) throw new Error('Ada is the genesis')
  const words = await safetyWordsWith(ada, offered)
  expect(words).toHaveLength(6)
  expect(await safetyWordsWith(grace, ofAda)).toEqual(words)
  expect(await safetyWordsWith(ada, { ...offered, identity: mallory.identity.public })).not.toEqual(words)
})

test('an administrator who compared the words certifies one person, and it stands in the log', async () => {
  const { ada, person } = await startApprovals()
  const grace = await person('grace')
  const offered = { userId: grace.identity.userId, email: 'grace@example.com', identity: grace.identity.public }
  const state = await certifyPerson(approverOf(ada), offered, { wordsCompared: true })
  expect(state.certificates.get(grace.identity.userId)?.evidence).toEqual({ kind: 'administrator', wordsCompared: true })
  expect((await call(ada.connection, readApprovalWork, {})).people).toEqual([])
})

test('a user who was renamed and a team that was renamed keep their keys', async () => {
  const { api, ada, person, pushTeam, members } = await startApprovals()
  const grace = await person('grace')
  const teamId = await pushTeam('Engineering', grace)
  await approve(ada, { certify: true })
  const key = await opened(grace, teamId)
  await api.write(async (trx) => {
    const scope = api.scope()
    await renameTeam(trx, scope, await lockTeam(trx, scope, teamId), 'Platform')
    const before = await lockUserRow(trx, scope, grace.identity.userId)
    const userName = 'grace.hopper@example.com'
    const person = { userName, externalId: null, displayName: null, primaryEmail: null, active: true, resource: before.resource }
    expect((await updateUser(trx, scope, before, person, 'warn')).events).toContain('user.renamed')
  })
  expect(await opened(grace, teamId)).toBe(key)
  expect(await members(teamId)).toEqual({ 'grace.hopper': 'active 1' })
  expect(await approve(ada, { certify: true })).toMatchObject({ certified: [], approvedTeams: [], approved: [], renewed: [] })
})

test('who is not registered or is locked waits, and is admitted once they are there', async () => {
  const { api, ada, person, pushTeam, members } = await startApprovals()
  const { userId } = await api.invite('late@example.com')
  const locked = await person('locked')
  await api.write((trx) => trx.updateTable('users').set({ status: 'locked' }).where('id', '=', locked.identity.userId).execute())
  const teamId = await pushTeam('Engineering', locked)
  await api.write((trx) =>
    trx.insertInto('memberships').values({ team_id: teamId, user_id: userId, state: 'pending', created_at: 0 }).execute(),
  )
  expect(await approve(ada, { certify: true })).toMatchObject({ certified: [], approved: [], skipped: [] })
  await api.write((trx) => trx.updateTable('users').set({ status: 'active' }).where('id', '=', locked.identity.userId).execute())
  expect(await approve(ada, { certify: true })).toMatchObject({ approved: [{ email: 'locked@example.com' }] })
  expect(await members(teamId)).toEqual({ late: 'pending 0', locked: 'active 1' })
})

test('more work than fits in one answer is read to its end', async () => {
  const { api, ada, person, pushTeam } = await startApprovals()
  const grace = await person('grace')
  const teams = 1_100
  const ids: string[] = []
  for (let n = 0; n < 3; n++) ids.push(await pushTeam(`Team ${n}`, grace))
  const [first = ''] = ids
  const row = await api.db.selectFrom('teams').selectAll().where('id', '=', first).executeTakeFirstOrThrow()
  await api.write(async (trx) => {
    for (let from = 0; from < teams; from += 100) {
      const made = Array.from({ length: 100 }, (_, n) => {
        const name = `Many ${from + n}`
        return { ...row, id: `01920000-0000-7000-8000-${String(from + n).padStart(12, '0')}`, name, name_key: name }
      })
      await trx.insertInto('teams').values(made).execute()
    }
  })
  const seen: string[] = []
  let after: string | undefined
  for (let pages = 0; pages < 10; pages++) {
    const page = await call(ada.connection, readApprovalWork, { after })
    expect(page.people.length + page.teams.length).toBeLessThanOrEqual(500)
    seen.push(...page.teams.map(({ teamId }) => teamId))
    if (page.next === null) break
    after = page.next
  }
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toHaveLength(teams + ids.length)
})
