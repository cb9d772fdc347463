import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { loadKeyring } from '@claviger/client/approvals/keyring.ts'
import { asGranter } from '@claviger/client/keys/grants.ts'
import { certifiedUser, currentApproverKey } from '@claviger/client/keys/recipients.ts'
import { signStatement } from '@claviger/client/keys/sign.ts'
import { grantTeamKey, makeTeamKey, publishTeamKey } from '@claviger/client/keys/team-key.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { asAdministrator, stateNext } from '@claviger/client/log/log-statements.ts'
import { newId } from '@claviger/client/new-id.ts'
import { approveTeam, grantMemberships, grantToApprovers, readApproverGrants, readTeamFolders } from '@claviger/contract/api/approvals.ts'
import { appendLog } from '@claviger/contract/api/log.ts'
import { fromBase64url, readUtf8, toBase64url } from '@claviger/contract/bytes.ts'
import { TeamId, UserId } from '@claviger/contract/ids.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { expect, test } from 'vitest'
import { approve, opened, startApprovals } from './approval-scene.ts'

/** An approved team with Grace on it and Joan waiting, and the grant that Ada would give Joan. */
async function start() {
  const scene = await startApprovals()
  const { ada, person, pushTeam, addTo } = scene
  const [grace, joan] = [await person('grace'), await person('joan')]
  const teamId = await pushTeam('Engineering', grace)
  await approve(ada, { certify: true })
  await addTo(teamId, joan)
  const key = await (await loadKeyring(approverOf(ada))).teamKey(teamId, 1)
  if (key === null) throw new Error('Ada holds every key')
  const grantBy = (by: OpenAccount, to = joan) =>
    grantTeamKey(ada.state, key, certifiedUser(ada.state, to.identity.userId), asGranter(by.identity), Date.now())
  const submit = async (as: OpenAccount, ...grants: SignedStatement[]) => {
    const { results } = await call(as.connection, grantMemberships, { grants })
    return results.map((result) => result.outcome)
  }
  return {
    ...scene,
    grace,
    joan,
    teamId,
    key,
    grantBy,
    submit,
    refused: (as: OpenAccount, ...grants: SignedStatement[]) => outcome(() => submit(as, ...grants)),
  }
}

/** The grant with other fields, signed again by this account. */
function altered(grant: SignedStatement, by: OpenAccount, fields: object): Promise<SignedStatement> {
  return signStatement(by.identity.signing, 'grant', { ...JSON.parse(readUtf8(fromBase64url(grant.statement))), ...fields })
}

test('a grant that somebody else signed, or that names somebody else, is refused', async () => {
  const { ada, grace, joan, grantBy, refused, members, teamId } = await start()
  const grant = await grantBy(ada)
  expect(await refused(grace, grant)).toBe('invalid_value')
  expect(await refused(ada, await grantBy(grace))).toBe('invalid_value')
  expect(await refused(ada, await altered(grant, grace, {}))).toBe('invalid_value')
  const signature = (await altered(grant, ada, { at: 1 })).signature
  expect(await refused(ada, { ...grant, signature })).toBe('invalid_value')
  expect(await refused(ada, await altered(grant, ada, { by: { kind: 'user', id: joan.identity.userId } }))).toBe('invalid_value')
  expect(await members(teamId)).toEqual({ grace: 'active 1', joan: 'pending 0' })
})

test('a grant for another enterprise, a team or key that the log does not have, or no user, is refused', async () => {
  const { ada, grantBy, refused, teamId, members } = await start()
  const grant = await grantBy(ada)
  const enterprise = toBase64url(new Uint8Array(32).fill(7))
  const { encryptionKey } = ada.identity.public
  const fields = [
    { enterprise },
    { epoch: 2 },
    { teamId: newId(TeamId) },
    { teamKey: encryptionKey },
    { to: { kind: 'approvers', epoch: 1, encryptionKey } },
    { kind: 'something' },
  ]
  for (const changed of fields)
    expect([changed, await refused(ada, await altered(grant, ada, changed))]).toEqual([changed, 'invalid_value'])
  expect(await members(teamId)).toEqual({ grace: 'active 1', joan: 'pending 0' })
})

test('a grant of an epoch that was replaced is an old one, and admits nobody', async () => {
  const { ada, grace, person, addTo, removeFrom, grantBy, submit, teamId, members } = await start()
  const lee = await person('lee')
  const grant = await grantBy(ada)
  await addTo(teamId, lee)
  await approve(ada, { certify: true })
  await removeFrom(teamId, lee)
  await approve(ada, { users: () => false })
  expect(await submit(ada, grant)).toEqual(['old-epoch'])
  expect(await members(teamId)).toEqual({ grace: 'active 1', joan: 'active 1' })
  expect(await opened(grace, teamId, 2)).toBeNull()
})

test('who is not registered, is locked or has other keys is not ready; who left or was deleted is gone', async () => {
  const { api, ada, joan, grace, grantBy, submit, teamId, removeFrom, addTo } = await start()
  const grant = await grantBy(ada)
  const setUser = (changes: object, of = joan) =>
    api.write((trx) => trx.updateTable('users').set(changes).where('id', '=', of.identity.userId).execute())
  await setUser({ status: 'locked' })
  expect(await submit(ada, grant)).toEqual(['not-ready'])
  await setUser({ status: 'active', deleted_at: 1 })
  expect(await submit(ada, grant)).toEqual(['gone'])
  await setUser({ deleted_at: null })
  const { userId } = await api.invite('late@example.com')
  await api.write((trx) =>
    trx.insertInto('memberships').values({ team_id: teamId, user_id: userId, state: 'pending', created_at: 0 }).execute(),
  )
  const to = { kind: 'user', id: userId, encryptionKey: joan.identity.public.encryptionKey }
  expect(await submit(ada, await altered(grant, ada, { to }))).toEqual(['not-ready'])
  const otherKeys = { kind: 'user', id: joan.identity.userId, encryptionKey: grace.identity.public.encryptionKey }
  expect(await submit(ada, await altered(grant, ada, { to: otherKeys }))).toEqual(['not-ready'])
  await removeFrom(teamId, joan)
  expect(await submit(ada, grant)).toEqual(['gone'])
  await addTo(teamId, joan)
  await api.write((trx) => trx.updateTable('teams').set({ status: 'archived', archived_at: 1 }).where('id', '=', teamId).execute())
  expect(await submit(ada, grant)).toEqual(['gone'])
})

test('each membership is approved once: the second approver is told, twice in one request too', async () => {
  const { ada, grace, grantBy, submit } = await start()
  const grant = await grantBy(ada)
  expect(await submit(ada, grant, grant)).toEqual(['approved', 'already'])
  expect(await submit(grace, await grantBy(grace))).toEqual(['already'])
})

test('who holds no right and no key admits nobody: an outsider, a pending member, who left, an administrator of elsewhere', async () => {
  const { api, grace, joan, person, grantBy, refused, removeFrom, teamId, members } = await start()
  const { rootNodeId } = api
  const outsider = await person('outsider')
  expect(await refused(outsider, await grantBy(outsider))).toBe('forbidden')
  expect(await refused(joan, await grantBy(joan))).toBe('forbidden')
  const appoint = (nodeId: string, role: 'read-only' | 'approvals') =>
    api.write((trx) =>
      trx.insertInto('administrators').values({ user_id: outsider.identity.userId, node_id: nodeId, role, created_at: 0 }).execute(),
    )
  await appoint(rootNodeId, 'read-only')
  expect(await refused(outsider, await grantBy(outsider))).toBe('forbidden')
  const elsewhere = await api.write(async (trx) => {
    const id = newId(UserId)
    const node = { id, enterprise_id: api.enterpriseId, parent_id: rootNodeId, name: 'Elsewhere', created_at: 0 }
    await trx.insertInto('nodes').values(node).execute()
    return id
  })
  await appoint(elsewhere, 'approvals')
  expect(await refused(outsider, await grantBy(outsider))).toBe('forbidden')
  await removeFrom(teamId, grace)
  expect(await refused(grace, await grantBy(grace))).toBe('forbidden')
  expect(await members(teamId)).toEqual({ joan: 'pending 0' })
  await appoint(api.nodeId, 'approvals')
  expect(await refused(outsider, await grantBy(outsider))).toBe('accepted')
})

test('a team is approved with its own first key, for the newest approver key, by who may, and once', async () => {
  const { ada, grace, teamId, pushTeam, team } = await start()
  const pending = await pushTeam('Sales')
  const stateKey = async (id: TeamId) => {
    const key = await makeTeamKey(ada.state, id)
    const stated = await stateNext(ada.state, asAdministrator(ada.identity), publishTeamKey(key), Date.now())
    const grant = await grantTeamKey(stated.state, key, currentApproverKey(stated.state), asGranter(ada.identity), Date.now())
    return { entries: [stated.entry], grant }
  }
  const { entries, grant } = await stateKey(pending)
  const attempt = (as: OpenAccount, id: TeamId, given: Awaited<ReturnType<typeof stateKey>>) =>
    outcome(() => call(as.connection, approveTeam, { team: id, ...given }))
  expect(await attempt(grace, pending, { entries, grant })).toBe('forbidden')
  expect(await attempt(ada, teamId, { entries, grant })).toBe('invalid_value')
  expect(await attempt(ada, pending, { entries: (await stateKey(pending)).entries, grant })).toBe('invalid_value')
  const { to } = JSON.parse(readUtf8(fromBase64url(grant.statement)))
  for (const changed of [
    { ...to, epoch: 2 },
    { ...to, encryptionKey: ada.identity.public.encryptionKey },
  ]) {
    expect(await attempt(ada, pending, { entries, grant: await altered(grant, ada, { to: changed }) })).toBe('invalid_value')
  }
  // A second key for a team that has one is a rotation, not an approval.
  expect(await attempt(ada, teamId, await stateKey(teamId))).toBe('conflict')
  expect(await attempt(ada, newId(TeamId), await stateKey(newId(TeamId)))).toBe('invalid_value')
  const unknown = newId(TeamId)
  expect(await attempt(ada, unknown, await stateKey(unknown))).toBe('not_found')
  expect(await attempt(ada, pending, { entries, grant })).toBe('accepted')
  expect(await attempt(ada, pending, { entries, grant })).toBe('conflict')
  expect(await team(pending)).toMatchObject({ status: 'active', key_epoch: 1 })
})

test('a team key comes into the log with the approval or rotation that it is part of, and in no other way', async () => {
  const { ada, teamId, team } = await start()
  const stated = await stateNext(ada.state, asAdministrator(ada.identity), publishTeamKey(await makeTeamKey(ada.state, teamId)), Date.now())
  expect(await outcome(() => call(ada.connection, appendLog, { entries: [stated.entry], heldKeys: [] }))).toBe('invalid_value')
  expect(await team(teamId)).toMatchObject({ key_epoch: 1 })
})

test('keys of teams are given out to who holds them, and to nobody else', async () => {
  const { ada, grace, joan, teamId, grantBy } = await start()
  const { keys } = await call(ada.connection, readApproverGrants, { teams: [teamId] })
  expect(keys).toMatchObject([{ teamId, epoch: 1, approverEpoch: 1 }])
  expect((await call(grace.connection, readApproverGrants, { teams: [teamId] })).keys).toEqual([])
  expect(await opened(joan, teamId)).toBeNull()
  expect(await outcome(() => call(joan.connection, readTeamFolders, { team: teamId }))).toBe('forbidden')
  expect(await outcome(() => call(ada.connection, readTeamFolders, { team: newId(TeamId) }))).toBe('not_found')
  expect(await outcome(async () => call(ada.connection, grantToApprovers, { grants: [await grantBy(ada)] }))).toBe('invalid_value')
})
