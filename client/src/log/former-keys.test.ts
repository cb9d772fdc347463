import { AutomatorId, FolderId } from '@claviger/contract/ids.ts'
import { expect, test } from 'vitest'
import { grantFolderKey, makeFolderKey, openFolderKey } from '../keys/folder-key.ts'
import { asGrantee, asGranter, type GrantSigner } from '../keys/grants.ts'
import { makeIdentity, publicIdentity } from '../keys/identity.ts'
import { makeEncryptionKeyPair, makeSigningKeyPair } from '../keys/key-pair.ts'
import { certifiedUser, enrolledAutomator, formerGranters } from '../keys/recipients.ts'
import { addMember, append, certificateOf, certified, foundEnterprise, NOON, outcome } from '../keys/testing-enterprise.ts'
import { newId } from '../new-id.ts'

async function start() {
  const enterprise = await foundEnterprise()
  const grace = await addMember(enterprise)
  const wanted = { folderId: newId(FolderId), epoch: 1 }
  const folder = await makeFolderKey(enterprise.state.enterprise, wanted)
  return { enterprise, grace, wanted, folder }
}

test('what an automator granted opens after it was removed, by its former keys alone', async () => {
  const { enterprise, grace, wanted, folder } = await start()
  const automatorId = newId(AutomatorId)
  const [signing, encryption] = [await makeSigningKeyPair(true), await makeEncryptionKeyPair(true)]
  const identity = await publicIdentity(automatorId, signing, encryption)
  await append(enterprise, {
    kind: 'automator-enrolled',
    automatorId,
    identity,
    scope: { rights: ['memberships'], nodes: null, verifiedPeopleOnly: true },
  })
  const by: GrantSigner = { granter: { kind: 'automator', id: automatorId }, signing }
  const grant = await grantFolderKey(folder, certified(enterprise, grace), by, NOON)
  expect(formerGranters(enterprise.state, by.granter)).toEqual([])
  await append(enterprise, { kind: 'automator-removed', automatorId })
  const { state } = enterprise
  expect(await outcome(() => enrolledAutomator(state, automatorId, 'memberships'))).toBe('uncertified')
  const [former] = formerGranters(state, by.granter)
  if (former === undefined) throw new Error('the log keeps its former key')
  const opened = await openFolderKey(state.enterprise, grant, wanted, former, asGrantee(grace))
  expect(opened.secret.reveal()).toEqual(folder.secret.reveal())
  const forged = await grantFolderKey(folder, certified(enterprise, grace), { ...by, signing: await makeSigningKeyPair(true) }, NOON)
  expect(await outcome(() => openFolderKey(state.enterprise, forged, wanted, former, asGrantee(grace)))).toBe('bad_grant')
})

test('keys of a user that were replaced are former ones, and nobody else’s', async () => {
  const { enterprise, grace, wanted, folder } = await start()
  const grant = await grantFolderKey(folder, certified(enterprise, enterprise.ada), asGranter(grace), NOON)
  const other = await makeIdentity(grace.userId)
  await append(enterprise, { ...certificateOf(other), replaces: grace.public.signingKey })
  const { state, ada } = enterprise
  const open = (granter: Parameters<typeof openFolderKey>[3]) =>
    outcome(() => openFolderKey(state.enterprise, grant, wanted, granter, asGrantee(ada)))
  expect(await open(certifiedUser(state, grace.userId))).toBe('bad_grant')
  const [former, ...more] = formerGranters(state, { kind: 'user', id: grace.userId })
  if (former === undefined) throw new Error('the log keeps the former key')
  expect([await open(former), more, formerGranters(state, { kind: 'user', id: ada.userId })]).toEqual(['accepted', [], []])
})
