import { toBase64url } from '@claviger/contract/bytes.ts'
import { FolderId, TeamId } from '@claviger/contract/ids.ts'
import { opaqueIdentifiers } from '@claviger/contract/opaque.ts'
import { client, ready, server } from '@serenity-kit/opaque'
import { newId } from '../new-id.ts'
import { makeApproverKey, wrapApproverKey } from './approver-key.ts'
import { grantFolderKey, makeFolderKey, wrapOwnFolderKey } from './folder-key.ts'
import { asGranter } from './grants.ts'
import type { Identity } from './identity.ts'
import { exportPrivateKey } from './key-pair.ts'
import { finishRegistration, startRegistration } from './opaque.ts'
import { currentTeamKey } from './recipients.ts'
import { makeTeamKey, publishTeamKey } from './team-key.ts'
import { addMember, append, certified, flipBit, foundEnterprise, NOON } from './testing-enterprise.ts'
import { saveVectors } from './testing-save-vectors.ts'
import { makeUserRoot } from './user-root.ts'

// As testing-make-vectors.ts: `node client/src/keys/testing-make-sharing-vectors.ts` wrote these files, once.
const enterprise = await foundEnterprise()
const { ada } = enterprise
const id = enterprise.state.enterprise
const grace = await addMember(enterprise)
const owner = { enterprise: id, userId: ada.userId }
const pkcs8 = async (pair: Parameters<typeof exportPrivateKey>[0]) => toBase64url(await exportPrivateKey(pair))
const holderOf = async ({ userId, encryption }: Identity) => ({
  id: userId,
  encryptionKey: encryption.public,
  privateKey: await pkcs8(encryption),
})
saveVectors('folder-key', await folderKeyCases())
saveVectors('approver-key', await approverKeyCases())
saveVectors('opaque', await opaqueCases())

async function folderKeyCases() {
  const team = await makeTeamKey(enterprise.state, newId(TeamId))
  await append(enterprise, publishTeamKey(team))
  const wanted = { folderId: newId(FolderId), epoch: 3 }
  const [key, root] = [await makeFolderKey(id, wanted), makeUserRoot()]
  const expected = { key: toBase64url(key.secret.reveal()) }
  const grant = await grantFolderKey(key, currentTeamKey(enterprise.state, team.teamId), asGranter(ada), NOON)
  const teamKey = { teamId: team.teamId, epoch: 1, publicKey: team.encryption.public, privateKey: await pkcs8(team.encryption) }
  const granted = { grant, wanted, granter: ada.userId, team: teamKey }
  const own = { root: toBase64url(root.reveal()), wrap: await wrapOwnFolderKey(key, root, owner), wanted }
  return {
    log: enterprise.entries,
    owner,
    own: [
      { name: 'as it was wrapped', ...own, expect: expected },
      { name: 'given out as an earlier epoch', ...own, wanted: { ...wanted, epoch: 2 }, expect: { error: 'cannot_open' } },
      { name: 'given out as another folder', ...own, wanted: { ...wanted, folderId: newId(FolderId) }, expect: { error: 'cannot_open' } },
    ],
    granted: [
      { name: 'as it was granted', ...granted, expect: expected },
      { name: 'given out as another member’s grant', ...granted, granter: grace.userId, expect: { error: 'bad_grant' } },
      { name: 'given out as an earlier epoch', ...granted, wanted: { ...wanted, epoch: 2 }, expect: { error: 'bad_grant' } },
      { name: 'for another epoch of the team', ...granted, team: { ...teamKey, epoch: 2 }, expect: { error: 'bad_grant' } },
    ],
  }
}

async function approverKeyCases() {
  const key = await makeApproverKey(1)
  await append(enterprise, { kind: 'approver-key', epoch: 1, publicKey: key.encryption.public })
  const wrap = await wrapApproverKey(enterprise.state, key, certified(enterprise, ada))
  const given = { wrap, holder: await holderOf(ada) }
  return {
    log: enterprise.entries,
    cases: [
      { name: 'as it was wrapped', ...given, expect: { privateKey: await pkcs8(key.encryption) } },
      { name: 'opened by somebody else', ...given, holder: await holderOf(grace), expect: { error: 'cannot_open' } },
      { name: 'an epoch that the log has not', ...given, wrap: { ...wrap, epoch: 2 }, expect: { error: 'unknown_key' } },
      { name: 'an altered wrap', ...given, wrap: { ...wrap, sealed: flipBit(wrap.sealed, 300) }, expect: { error: 'cannot_open' } },
    ],
  }
}

async function opaqueCases() {
  await ready
  const [password, serverSetup] = ['terrapin vukeluwa 47 obibu', server.createSetup()]
  const answer = (registrationRequest: string) =>
    server.createRegistrationResponse({ serverSetup, userIdentifier: owner.userId, registrationRequest }).registrationResponse
  const begun = await startRegistration(password, [])
  const { registrationRecord, passwordKey } = finishRegistration(password, begun.state, answer(begun.registrationRequest), owner)
  const cheap = client.startRegistration({ password })
  const downgraded = client.finishRegistration({
    password,
    clientRegistrationState: cheap.clientRegistrationState,
    registrationResponse: answer(cheap.registrationRequest),
    identifiers: opaqueIdentifiers(owner.enterprise, owner.userId),
    keyStretching: { 'argon2id-custom': { memory: 8192, iterations: 1, parallelism: 1 } },
  })
  const given = { serverSetup, owner, registrationRecord, password }
  const refused = { error: 'wrong_password' }
  return {
    cases: [
      { name: 'the password', ...given, expect: { passwordKey: toBase64url(passwordKey.reveal()) } },
      { name: 'another password', ...given, password: 'terrapin vukeluwa 48 obibu', expect: refused },
      { name: 'another user', ...given, owner: { ...owner, userId: grace.userId }, expect: refused },
      { name: 'another server', ...given, serverSetup: server.createSetup(), expect: refused },
      { name: 'cheaper key stretching', ...given, registrationRecord: downgraded.registrationRecord, expect: refused },
    ],
  }
}
