import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { loadKeyring } from '@claviger/client/approvals/keyring.ts'
import { rotateTeam } from '@claviger/client/approvals/rotate-team.ts'
import { certifiedUser } from '@claviger/client/keys/recipients.ts'
import { grantTeamKey } from '@claviger/client/keys/team-key.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { grantMemberships } from '@claviger/contract/api/approvals.ts'
import { NodeId, type TeamId } from '@claviger/contract/ids.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { archiveTeam } from '@claviger/server/teams/archive.ts'
import { deleteUser } from '@claviger/server/users/delete.ts'
import { lockUser, unlockUser } from '@claviger/server/users/lock.ts'
import { expect, test } from 'vitest'
import { approve, expectWhole, opened, shareFolderWith, startApprovals } from './approval-scene.ts'

const ROUNDS = 12
const PEOPLE = 6

/** An active team with Grace on it, and people who come and go. */
async function start() {
  const scene = await startApprovals()
  const { ada, person, pushTeam } = scene
  const grace = await person('grace')
  const people: OpenAccount[] = []
  for (let n = 0; n < PEOPLE; n++) people.push(await person(`person-${n}`))
  const teamId = await pushTeam('Engineering', grace)
  await approve(ada, { certify: true })
  return { ...scene, grace, people, teamId }
}

/** The grants of the team's newest key for these people. */
async function grantsBy(account: OpenAccount, teamId: TeamId, people: readonly OpenAccount[]): Promise<SignedStatement[]> {
  const approver = approverOf(account)
  const state = await approver.refresh()
  const key = await (await loadKeyring(approver)).teamKey(teamId, state.teamKeys.get(teamId)?.length ?? 0)
  if (key === null) throw new Error('this account does not hold the key')
  return Promise.all(
    people.map(({ identity }) => grantTeamKey(state, key, certifiedUser(state, identity.userId), approver.granter, Date.now())),
  )
}

async function submit({ connection }: OpenAccount, ...grants: SignedStatement[]): Promise<string[]> {
  const { results } = await call(connection, grantMemberships, { grants })
  return results.map(({ outcome }) => outcome)
}

test('of approvers who come at once, each membership is approved by one, and the others move on', async () => {
  const scene = await start()
  const { ada, grace, people, teamId, addTo, removeFrom, api } = scene
  await addTo(teamId, ...people)
  for (let round = 0; round < ROUNDS; round++) {
    const [byAda, byGrace] = [await grantsBy(ada, teamId, people), await grantsBy(grace, teamId, people)]
    const answers = await Promise.all([submit(ada, ...byAda), submit(grace, ...byGrace), submit(ada, ...byAda.toReversed())])
    const [first = [], second = [], third = []] = answers
    people.forEach((_, n) => {
      const outcomes = [first[n], second[n], third[PEOPLE - 1 - n]].toSorted()
      expect(outcomes).toEqual(['already', 'already', 'approved'])
    })
    await expectWhole(scene, teamId)
    await removeFrom(teamId, ...people)
    await api.write((trx) => trx.updateTable('teams').set({ rotation_due: 0 }).where('id', '=', teamId).execute())
    await addTo(teamId, ...people)
  }
})

test('an approval that meets a removal comes before it, and the key is due, or after it, and there is nobody', async () => {
  const scene = await start()
  const { ada, people, teamId, addTo, removeFrom, api, team } = scene
  for (let round = 0; round < ROUNDS; round++) {
    await addTo(teamId, ...people)
    const grants = await grantsBy(ada, teamId, people)
    const leavers = people.filter((_, n) => (n + round) % 2 === 0)
    const remove = () => (round % 3 === 0 ? removeFrom(teamId, ...leavers) : Promise.all(leavers.map((one) => removeFrom(teamId, one))))
    const [outcomes] = await Promise.all([Promise.all(grants.map((grant) => submit(ada, grant))), remove()])
    const admitted = people.filter((_, n) => outcomes[n]?.[0] === 'approved')
    for (const outcome of outcomes.flat()) expect(['approved', 'gone']).toContain(outcome)
    const left = leavers.filter((one) => admitted.includes(one))
    expect(await team(teamId)).toMatchObject({ rotation_due: left.length > 0 ? 1 : 0 })
    expect(await expectWhole(scene, teamId)).toBe(1 + people.length - leavers.length)
    await removeFrom(teamId, ...people)
    await api.write((trx) => trx.updateTable('teams').set({ rotation_due: 0 }).where('id', '=', teamId).execute())
  }
})

test('an approval that meets a lock leaves a member or somebody who waits, and unlocking asks for nothing', async () => {
  const scene = await start()
  const { ada, people, teamId, addTo, removeFrom, api, members } = scene
  for (let round = 0; round < ROUNDS; round++) {
    await addTo(teamId, ...people)
    const grants = await grantsBy(ada, teamId, people)
    const locks = people.map(({ identity }) => api.write((trx) => lockUser(trx, api.scope(), identity.userId, true)))
    const [outcomes] = await Promise.all([Promise.all(grants.map((grant) => submit(ada, grant))), Promise.all(locks)])
    const states = await members(teamId)
    people.forEach((_, n) => {
      const outcome = outcomes[n]?.[0]
      expect(['approved', 'not-ready']).toContain(outcome)
      expect(states[`person-${n}`]).toBe(outcome === 'approved' ? 'active 1' : 'pending 0')
    })
    await expectWhole(scene, teamId)
    for (const { identity } of people) await api.write((trx) => unlockUser(trx, api.scope(), identity.userId))
    expect(await members(teamId)).toEqual(states)
    await removeFrom(teamId, ...people)
  }
})

test('an approval that meets the deletion of the user leaves no membership behind, and the key due if they held it', async () => {
  const scene = await start()
  const { ada, teamId, addTo, person, api, team } = scene
  for (let round = 0; round < ROUNDS; round++) {
    const leaver = await person(`leaver-${round}`)
    await approve(ada, { certify: true, teams: () => false })
    await addTo(teamId, leaver)
    const [grant] = await grantsBy(ada, teamId, [leaver])
    if (grant === undefined) throw new Error('there is one grant')
    const [[outcome]] = await Promise.all([submit(ada, grant), api.write((trx) => deleteUser(trx, api.scope(), leaver.identity.userId))])
    expect(['approved', 'gone']).toContain(outcome)
    expect(await expectWhole(scene, teamId)).toBe(1)
    expect(await team(teamId)).toMatchObject({ rotation_due: outcome === 'approved' ? 1 : 0 })
    await api.write((trx) => trx.updateTable('teams').set({ rotation_due: 0 }).where('id', '=', teamId).execute())
  }
})

test('an approval that meets a rotation is of the old key, which is renewed, or is told that there is a newer one', async () => {
  const scene = await start()
  const { ada, grace, people, teamId, addTo, api, members, team } = scene
  for (let round = 0; round < 6; round++) {
    const one = people[round % PEOPLE]
    if (one === undefined) throw new Error('there are people')
    const second = { ...ada, state: ada.state }
    await addTo(teamId, one)
    await api.write((trx) => trx.updateTable('teams').set({ rotation_due: 1 }).where('id', '=', teamId).execute())
    const { key_epoch: epoch } = await team(teamId)
    const grants = await grantsBy(ada, teamId, [one])
    const rotate = async (account: OpenAccount) => {
      const approver = approverOf(account)
      await approver.refresh()
      const waiting = { teamId, teamName: 'Engineering', nodeId: NodeId.parse(api.nodeId), teamEpoch: epoch, heldBy: [] }
      return (await rotateTeam(approver, await loadKeyring(approver), waiting)).done
    }
    const [outcomes, ...rotated] = await Promise.all([submit(ada, ...grants), rotate(second), rotate({ ...ada })])
    expect(rotated.toSorted()).toEqual([false, true])
    expect(['approved', 'old-epoch']).toContain(outcomes[0])
    await expectWhole(scene, teamId)
    expect(await team(teamId)).toMatchObject({ key_epoch: epoch + 1, rotation_due: 0 })
    await approve(ada)
    expect(Object.values(await members(teamId)).every((state) => state === `active ${epoch + 1}`)).toBe(true)
  }
  expect(await opened(grace, teamId, 7)).toBe(await opened(ada, teamId, 7))
})

test('an approval that meets the deletion of the group is in the archive with it, or comes too late', async () => {
  const scene = await start()
  const { ada, api, pushTeam, people } = scene
  for (let round = 0; round < ROUNDS; round++) {
    const teamId = await pushTeam(`Team ${round}`, ...people)
    await approve(ada, { teams: (team) => team.teamId === teamId, users: () => false })
    const grants = await grantsBy(ada, teamId, people)
    const [outcomes] = await Promise.all([
      Promise.all(grants.map((grant) => submit(ada, grant))),
      api.write((trx) => archiveTeam(trx, api.scope(), teamId)),
    ])
    const states = await scene.members(teamId)
    people.forEach((_, n) => {
      const outcome = outcomes[n]?.[0]
      expect(['approved', 'gone']).toContain(outcome)
      expect(states[`person-${n}`]).toBe(outcome === 'approved' ? 'active 1' : 'pending 0')
    })
    await expectWhole(scene, teamId)
  }
})

test('a folder that is shared at the moment of a rotation opens with the next key, or is refused to be shared', async () => {
  const scene = await start()
  const { ada, grace, api, teamId } = scene
  for (let round = 0; round < 6; round++) {
    await api.write((trx) => trx.updateTable('teams').set({ rotation_due: 1 }).where('id', '=', teamId).execute())
    await refreshLog(grace)
    const [shared, report] = await Promise.all([
      shareFolderWith(teamId, { ...grace }).catch((refusal: unknown) => {
        expect(refusal).toMatchObject({ status: expect.toBeOneOf([400, 409]) })
        return null
      }),
      approve(ada),
    ])
    expect(report).toMatchObject({ rotated: [{ teamId }], skipped: [] })
    await approve(ada)
    if (shared === null) continue
    const { key_epoch: epoch } = await scene.team(teamId)
    const access = await api.db
      .selectFrom('folder_access as a')
      .innerJoin('folders as f', (join) => join.onRef('f.id', '=', 'a.folder_id').onRef('f.key_epoch', '=', 'a.folder_epoch'))
      .select(['a.grantee_epoch', 'f.rotation_due'])
      .where('a.folder_id', '=', shared.folderId)
      .where('a.grantee_kind', '=', 'team')
      .execute()
    expect(access).toContainEqual({ grantee_epoch: epoch, rotation_due: 0 })
  }
})

test('of two who approve a team at once, one makes its key', async () => {
  const scene = await start()
  const { ada, pushTeam, grace } = scene
  for (let round = 0; round < ROUNDS; round++) {
    const teamId = await pushTeam(`Team ${round}`, grace)
    const reports = await Promise.all([approve({ ...ada }), approve({ ...ada })])
    expect(reports.flatMap(({ approvedTeams }) => approvedTeams)).toHaveLength(1)
    expect(reports.flatMap(({ approved }) => approved).length).toBe(1)
    await expectWhole(scene, teamId)
    expect(await opened(grace, teamId)).not.toBeNull()
  }
})
