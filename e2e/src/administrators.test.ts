import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { type RoleWanted, setRole } from '@claviger/client/administration/roles.ts'
import { call } from '@claviger/client/api/call.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { appendToLog } from '@claviger/client/log/append.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { type AdministratorRole, listAdministrators, setRole as setRoleRoute } from '@claviger/contract/api/administration.ts'
import { readHeldKeys } from '@claviger/contract/api/log.ts'
import { NodeId } from '@claviger/contract/ids.ts'
import { deleteUser } from '@claviger/server/users/delete.ts'
import { expect, test } from 'vitest'
import { approve, opened, startApprovals } from './approval-scene.ts'
import { certify } from './certify.ts'

async function start() {
  const scene = await startApprovals()
  const { api, ada } = scene
  const root = NodeId.parse(api.rootNodeId)
  const staff = NodeId.parse(api.nodeId)
  const wanted = (who: OpenAccount, role: AdministratorRole | null, nodeId = root): RoleWanted => {
    return { userId: who.owner.userId, nodeId, atRoot: nodeId === root, role }
  }
  return {
    ...scene,
    root,
    staff,
    wanted,
    appoint: (who: OpenAccount, role: AdministratorRole | null, nodeId = root) => setRole(ada, wanted(who, role, nodeId)),
    roles: async () => {
      const { administrators } = await call(ada.connection, listAdministrators, {})
      return Object.fromEntries(administrators.map(({ email, role, nodeName }) => [email, `${role} of ${nodeName}`]))
    },
  }
}

test('who is made a full administrator gets the keys with the role, and approves what the first one approved', async () => {
  const { ada, person, pushTeam, appoint, roles } = await start()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const teamId = await pushTeam('Engineering', joan)
  expect(await outcome(() => appoint(grace, 'full'))).toMatch(/^(uncertified|contradiction)$/)
  await certify(ada, grace)
  await appoint(grace, 'full')
  expect(Object.keys(await roles())).toHaveLength(2)
  await refreshLog(grace)
  expect(grace.state.administrators.get(grace.owner.userId)).toHaveLength(4)
  const { heldKeys } = await call(grace.connection, readHeldKeys, {})
  expect(heldKeys.map(({ key }) => key).toSorted()).toEqual(['approver-key', 'recovery-key'])
  expect(await approve(grace, { certify: true })).toMatchObject({ approvedTeams: [{ teamId }], approved: [{ email: 'joan@example.com' }] })
  expect(await opened(ada, teamId)).toBe(await opened(joan, teamId))
})

test('who is dismissed holds no key any more: approver key, recovery key and teams get their next', async () => {
  const { ada, person, pushTeam, appoint, team } = await start()
  const [grace, joan] = [await person('grace'), await person('joan')]
  await certify(ada, grace, joan)
  const teamId = await pushTeam('Engineering', joan)
  await approve(ada)
  await appoint(grace, 'full')
  const before = await opened(ada, teamId)
  await appoint(grace, null)
  expect((await refreshLog(ada)).administrators.has(grace.owner.userId)).toBe(false)
  expect([ada.state.approverKeys.length, ada.state.recoveryKeys.length]).toEqual([2, 2])
  expect(ada.state).toMatchObject({ approverKeyDue: false, recoveryKeyDue: false })
  expect((await call(grace.connection, readHeldKeys, {})).heldKeys).toEqual([])
  expect(await outcome(() => approve(grace, { certify: true }))).toBe('accepted')
  expect(await approve(ada)).toMatchObject({ rotated: [{ teamId }], renewed: [{ email: 'joan@example.com' }] })
  expect(await team(teamId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
  const after = await opened(ada, teamId, 2)
  expect(after).not.toBe(before)
  expect(await opened(joan, teamId, 2)).toBe(after)
  // The session stays: Grace is a user as any other now.
  expect(await opened(grace, teamId, 2)).toBeNull()
})

test('roles below the root: an approver approves there and nowhere else, and who only reads changes nothing', async () => {
  const { ada, person, pushTeam, appoint, staff, root, roles, wanted } = await start()
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  await certify(ada, grace, joan)
  await appoint(joan, 'read-only', staff)
  await appoint(grace, 'approvals', staff)
  expect(await roles()).toMatchObject({ 'joan@example.com': 'read-only of Staff', 'grace@example.com': 'approvals of Staff' })
  await refreshLog(grace)
  expect(grace.state.administrators.get(grace.owner.userId)).toEqual(['certify'])
  expect(grace.state.administrators.has(joan.owner.userId)).toBe(false)
  const teamId = await pushTeam('Engineering', lee)
  expect(await approve(joan, { certify: true })).toMatchObject({ approvedTeams: [], approved: [] })
  expect(await approve(grace, { certify: true })).toMatchObject({ approvedTeams: [{ teamId }], approved: [{ email: 'lee@example.com' }] })
  expect(await outcome(() => setRole(grace, wanted(lee, 'read-only', staff)))).toMatch(/^(forbidden|not_entitled)$/)
  expect(await outcome(() => setRole(joan, wanted(lee, 'read-only', staff)))).toMatch(/^(forbidden|not_entitled)$/)
  expect(await outcome(() => setRole(grace, wanted(grace, 'full', root)))).toMatch(/^(forbidden|not_entitled)$/)
})

test('table and log agree: a role comes with its statement, and a statement with its role', async () => {
  const { ada, person, wanted, roles } = await start()
  const grace = await person('grace')
  await certify(ada, grace)
  const { atRoot: _, ...bare } = { ...wanted(grace, 'approvals'), entries: [], heldKeys: [] }
  expect(await outcome(() => call(ada.connection, setRoleRoute, bare))).toBe('invalid_value')
  const alone = () =>
    appendToLog(ada, () => [{ kind: 'administrator-added' as const, userId: grace.owner.userId, rights: ['certify' as const] }])
  expect(await outcome(alone)).toBe('invalid_value')
  expect(Object.keys(await roles())).toHaveLength(1)
  expect((await refreshLog(ada)).administrators.size).toBe(1)
})

test('the last full administrator stays one, also where two dismiss each other at the same moment', async () => {
  const { ada, person, appoint, wanted, root } = await start()
  expect(await outcome(() => appoint(ada, null))).not.toBe('accepted')
  expect(await outcome(() => appoint(ada, 'read-only'))).not.toBe('accepted')
  const grace = await person('grace')
  await certify(ada, grace)
  await appoint(grace, 'full')
  await refreshLog(grace)
  const outcomes = await Promise.all([outcome(() => appoint(grace, null)), outcome(() => setRole(grace, wanted(ada, null, root)))])
  expect(outcomes.filter((each) => each === 'accepted')).toHaveLength(1)
  const left = outcomes[0] === 'accepted' ? ada : grace
  expect([...(await refreshLog(left)).administrators.keys()]).toEqual([left.owner.userId])
})

test('an administrator whom the directory deleted can still be dismissed, so that the log forgets them too', async () => {
  const { api, ada, person, appoint, roles } = await start()
  const grace = await person('grace')
  await certify(ada, grace)
  await appoint(grace, 'full')
  await api.write((trx) => deleteUser(trx, api.scope(), grace.owner.userId))
  expect((await refreshLog(ada)).administrators.size).toBe(2)
  await appoint(grace, null)
  expect((await refreshLog(ada)).administrators.size).toBe(1)
  expect(Object.keys(await roles())).toEqual(['ada@example.com'])
})
