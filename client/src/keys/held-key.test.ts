import { AutomatorId, TeamId } from '@claviger/contract/ids.ts'
import { HpkeSealed } from '@claviger/contract/sealed.ts'
import { expect, test } from 'vitest'
import { newId } from '../new-id.ts'
import { asApprover, makeApproverKey, openApproverKey, wrapApproverKey } from './approver-key.ts'
import { makeDevice } from './device.ts'
import { asGranter } from './grants.ts'
import { type Identity, publicIdentity } from './identity.ts'
import { currentApproverKey, enrolledAutomator, wantedRecoveryKey } from './recipients.ts'
import { makeRecoveryKey, openRecoveryKey, wrapRecoveryKey } from './recovery-key.ts'
import { grantTeamKey, makeTeamKey, openTeamKey, publishTeamKey } from './team-key.ts'
import { addAdministrator, addMember, append, certified, flipBit, foundEnterprise, NOON, outcome, setPolicy } from './testing-enterprise.ts'

const holderOf = ({ userId, encryption }: Identity) => ({ id: userId, encryption })

async function start() {
  const enterprise = await foundEnterprise()
  const [approver, recovery] = [await makeApproverKey(1), await makeRecoveryKey(1)]
  await append(enterprise, { kind: 'approver-key', epoch: 1, publicKey: approver.encryption.public })
  await append(enterprise, { kind: 'recovery-key', epoch: 1, publicKey: recovery.encryption.public })
  return { enterprise, ada: enterprise.ada, grace: await addMember(enterprise), approver, recovery }
}

test('any approver who holds the approver key opens every team', async () => {
  const { enterprise, ada, approver } = await start()
  const key = await makeTeamKey(enterprise.state, newId(TeamId))
  await append(enterprise, publishTeamKey(key))
  const wrap = await wrapApproverKey(enterprise.state, approver, certified(enterprise, ada))
  const held = await openApproverKey(enterprise.state, wrap, holderOf(ada))
  const grant = await grantTeamKey(enterprise.state, key, currentApproverKey(enterprise.state), asGranter(ada), NOON)
  const wanted = { teamId: key.teamId, epoch: 1 }
  const opened = await openTeamKey(enterprise.state, grant, wanted, certified(enterprise, ada), asApprover(held))
  expect(opened.encryption.public).toBe(key.encryption.public)
})

test('a wrap of the approver key opens for its holder only, and only as the key that the log has', async () => {
  const { enterprise, ada, grace, approver } = await start()
  const { state } = enterprise
  const wrap = await wrapApproverKey(state, approver, certified(enterprise, ada))
  const forged = await makeApproverKey(1)
  const lie = { ...forged, encryption: { ...forged.encryption, public: approver.encryption.public } }
  const byServer = await wrapApproverKey(state, lie, certified(enterprise, ada))
  const altered = { ...wrap, sealed: HpkeSealed.parse(flipBit(wrap.sealed, 400)) }
  expect(await outcome(() => openApproverKey(state, wrap, holderOf(grace)))).toBe('cannot_open')
  expect(await outcome(() => openApproverKey(state, wrap, { ...holderOf(ada), id: grace.userId }))).toBe('cannot_open')
  expect(await outcome(() => openApproverKey(state, altered, holderOf(ada)))).toBe('cannot_open')
  expect(await outcome(() => openApproverKey(state, byServer, holderOf(ada)))).toBe('swapped_key')
  expect(await outcome(() => openApproverKey(state, { ...wrap, epoch: 2 }, holderOf(ada)))).toBe('unknown_key')
})

test('the recovery key is not the approver key, whatever a server calls it', async () => {
  const { enterprise, ada, recovery, approver } = await start()
  const wrap = await wrapRecoveryKey(enterprise.state, recovery, certified(enterprise, ada))
  const other = await wrapApproverKey(enterprise.state, approver, certified(enterprise, ada))
  expect(await outcome(() => openRecoveryKey(enterprise.state, wrap, holderOf(ada)))).toBe('accepted')
  expect(await outcome(() => openApproverKey(enterprise.state, { ...wrap, key: 'approver-key' }, holderOf(ada)))).toBe('cannot_open')
  expect(await outcome(() => openRecoveryKey(enterprise.state, { ...other, key: 'recovery-key' }, holderOf(ada)))).toBe('cannot_open')
})

test('whom the log does not name as an approver gets no approver key, whatever the server asks for', async () => {
  const { enterprise, grace, approver, recovery } = await start()
  const helper = await addAdministrator(enterprise, ['certify'])
  const { state } = enterprise
  expect(await outcome(() => wrapApproverKey(state, approver, certified(enterprise, grace)))).toBe('not_entitled')
  expect(await outcome(() => wrapApproverKey(state, approver, certified(enterprise, helper)))).toBe('accepted')
  expect(await outcome(() => wrapRecoveryKey(state, recovery, certified(enterprise, helper)))).toBe('not_entitled')
})

test('an enrolled automator gets the approver key, and has the rights that the log gives it', async () => {
  const { enterprise, approver } = await start()
  const [automatorId, keys] = [newId(AutomatorId), await makeDevice({ exportable: true })]
  const identity = await publicIdentity(automatorId, keys.signing, keys.encryption)
  const scope = { rights: ['memberships' as const], nodes: null, verifiedPeopleOnly: true }
  await append(enterprise, { kind: 'automator-enrolled', automatorId, identity, scope })
  const automator = enrolledAutomator(enterprise.state, automatorId, 'memberships')
  const wrap = await wrapApproverKey(enterprise.state, approver, automator)
  const holder = { id: automatorId, encryption: keys.encryption }
  expect(await outcome(() => openApproverKey(enterprise.state, wrap, holder))).toBe('accepted')
  expect(await outcome(() => enrolledAutomator(enterprise.state, automatorId, 'devices'))).toBe('uncertified')
})

test('after an approver was removed nothing is sealed to the key that they may still have', async () => {
  const { enterprise } = await start()
  await setPolicy(enterprise, { recovery: true })
  const leaver = await addAdministrator(enterprise, ['certify', 'recovery'])
  await append(enterprise, { kind: 'administrator-removed', userId: leaver.userId })
  expect(await outcome(() => currentApproverKey(enterprise.state))).toBe('unknown_key')
  expect(wantedRecoveryKey(enterprise.state)).toBeNull()
  const [approver, recovery] = [await makeApproverKey(2), await makeRecoveryKey(2)]
  await append(enterprise, { kind: 'approver-key', epoch: 2, publicKey: approver.encryption.public })
  await append(enterprise, { kind: 'recovery-key', epoch: 2, publicKey: recovery.encryption.public })
  expect(currentApproverKey(enterprise.state).epoch).toBe(2)
  expect(wantedRecoveryKey(enterprise.state)?.epoch).toBe(2)
})

test('an old approver key is handed to nobody any more', async () => {
  const { enterprise, ada, approver } = await start()
  await append(enterprise, { kind: 'approver-key', epoch: 2, publicKey: (await makeApproverKey(2)).encryption.public })
  expect(await outcome(() => wrapApproverKey(enterprise.state, approver, certified(enterprise, ada)))).toBe('unknown_key')
})
