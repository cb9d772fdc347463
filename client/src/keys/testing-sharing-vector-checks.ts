import { fromBase64url, toBase64url } from '@claviger/contract/bytes.ts'
import { HeldKeyWrap, OwnFolderKey } from '@claviger/contract/envelopes.ts'
import { EnterpriseLogId, FolderId, TeamId, UserId } from '@claviger/contract/ids.ts'
import { verifyLog } from '@claviger/contract/log/verify.ts'
import { opaqueIdentifiers } from '@claviger/contract/opaque.ts'
import { EncryptionKey } from '@claviger/contract/public-keys.ts'
import { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { ready, server } from '@serenity-kit/opaque'
import { z } from 'zod'
import { openApproverKey } from './approver-key.ts'
import { openFolderKey, openOwnFolderKey } from './folder-key.ts'
import { exportPrivateKey, importEncryptionKeyPair } from './key-pair.ts'
import { finishSignIn, startSignIn } from './opaque.ts'
import { certifiedUser } from './recipients.ts'
import { Secret } from './secret.ts'
import { asTeam } from './team-key.ts'
import { eachOf, gives, named, type VectorCheck } from './testing-vectors.ts'

const Owner = z.strictObject({ enterprise: EnterpriseLogId, userId: UserId })
const Wanted = z.strictObject({ folderId: FolderId, epoch: z.int() })
const log = z.array(SignedStatement)

export const checkFolderKeys: VectorCheck = async (file) => {
  const keyText = gives({ key: z.string() })
  const own = z.strictObject({ ...named, root: z.string(), wrap: OwnFolderKey, wanted: Wanted, expect: keyText })
  const team = z.strictObject({ teamId: TeamId, epoch: z.int(), publicKey: EncryptionKey, privateKey: z.string() })
  const granted = z.strictObject({ ...named, grant: SignedStatement, wanted: Wanted, granter: UserId, team, expect: keyText })
  const vectors = z.strictObject({ log, owner: Owner, own: z.array(own), granted: z.array(granted) }).parse(file)
  const state = await verifyLog(vectors.log)
  const { enterprise } = state
  const ofOwner = await eachOf(vectors.own, async ({ root, wrap, wanted }) => {
    const { secret } = await openOwnFolderKey(wrap, wanted, new Secret('user-root', fromBase64url(root)), vectors.owner)
    return { key: toBase64url(secret.reveal()) }
  })
  const ofTeam = await eachOf(vectors.granted, async ({ grant, wanted, granter, team: { teamId, epoch, privateKey, publicKey } }) => {
    const encryption = await importEncryptionKeyPair(fromBase64url(privateKey), publicKey)
    const opener = asTeam({ kind: 'team-key', enterprise, teamId, epoch, encryption })
    const { secret } = await openFolderKey(enterprise, grant, wanted, certifiedUser(state, granter), opener)
    return { key: toBase64url(secret.reveal()) }
  })
  return [...ofOwner, ...ofTeam]
}

export const checkApproverKeys: VectorCheck = async (file) => {
  const holderShape = z.strictObject({ id: z.string(), encryptionKey: EncryptionKey, privateKey: z.string() })
  const shape = z.strictObject({ ...named, wrap: HeldKeyWrap, holder: holderShape, expect: gives({ privateKey: z.string() }) })
  const vectors = z.strictObject({ log, cases: z.array(shape) }).parse(file)
  const state = await verifyLog(vectors.log)
  return eachOf(vectors.cases, async ({ wrap, holder }) => {
    const encryption = await importEncryptionKeyPair(fromBase64url(holder.privateKey), holder.encryptionKey)
    const key = await openApproverKey(state, wrap, { id: holder.id, encryption })
    return { privateKey: toBase64url(await exportPrivateKey(key.encryption)) }
  })
}

export const checkOpaque: VectorCheck = async (file) => {
  const text = { serverSetup: z.string(), registrationRecord: z.string(), password: z.string() }
  const shape = z.strictObject({ ...named, ...text, owner: Owner, expect: gives({ passwordKey: z.string() }) })
  await ready
  const { cases } = z.strictObject({ cases: z.array(shape) }).parse(file)
  return eachOf(cases, async ({ serverSetup, registrationRecord, password, owner }) => {
    const { state, startLoginRequest } = await startSignIn(password)
    const identifiers = opaqueIdentifiers(owner.enterprise, owner.userId)
    const login = { serverSetup, registrationRecord, startLoginRequest, userIdentifier: owner.userId, identifiers }
    const { loginResponse } = server.startLogin(login)
    return { passwordKey: toBase64url(finishSignIn(password, state, loginResponse, owner).passwordKey.reveal()) }
  })
}
