import { fromBase64url, toBase64url } from '@claviger/contract/bytes.ts'
import { HeldKeyWrap, OwnFolderKey } from '@claviger/contract/envelopes.ts'
import { EnterpriseLogId, FolderId, TeamId, UserId } from '@claviger/contract/ids.ts'
import { verifyLog } from '@claviger/contract/log/verify.ts'
import { opaqueIdentifiers } from '@claviger/contract/opaque.ts'
import { EncryptionKey } from '@claviger/contract/public-keys.ts'
import { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { ready, server } from '@serenity-kit/opaque'
import { test } from 'vitest'
import { z } from 'zod'
import { openApproverKey } from './approver-key.ts'
import { openFolderKey, openOwnFolderKey } from './folder-key.ts'
import { exportPrivateKey, importEncryptionKeyPair } from './key-pair.ts'
import { finishSignIn, startSignIn } from './opaque.ts'
import { certifiedUser } from './recipients.ts'
import { Secret } from './secret.ts'
import { asTeam } from './team-key.ts'
import { gives, holds, named, readVectors } from './testing-vectors.ts'

const Owner = z.strictObject({ enterprise: EnterpriseLogId, userId: UserId })
const Wanted = z.strictObject({ folderId: FolderId, epoch: z.int() })
const log = z.array(SignedStatement)
const keyText = gives({ key: z.string() })

test('folder keys that were wrapped or granted under suite v1 open, and forged ones do not', async () => {
  const own = z.strictObject({ ...named, root: z.string(), wrap: OwnFolderKey, wanted: Wanted, expect: keyText })
  const team = z.strictObject({ teamId: TeamId, epoch: z.int(), publicKey: EncryptionKey, privateKey: z.string() })
  const granted = z.strictObject({ ...named, grant: SignedStatement, wanted: Wanted, granter: UserId, team, expect: keyText })
  const shape = z.strictObject({ log, owner: Owner, own: z.array(own), granted: z.array(granted) })
  const vectors = readVectors('folder-key', shape)
  const state = await verifyLog(vectors.log)
  const { enterprise } = state
  for (const { name, root, wrap, wanted, expect } of vectors.own) {
    await holds(name, expect, async () => {
      const { secret } = await openOwnFolderKey(wrap, wanted, new Secret('user-root', fromBase64url(root)), vectors.owner)
      return { key: toBase64url(secret.reveal()) }
    })
  }
  for (const { name, grant, wanted, granter, team, expect } of vectors.granted) {
    await holds(name, expect, async () => {
      const { teamId, epoch } = team
      const encryption = await importEncryptionKeyPair(fromBase64url(team.privateKey), team.publicKey)
      const opener = asTeam({ kind: 'team-key', enterprise, teamId, epoch, encryption })
      const { secret } = await openFolderKey(enterprise, grant, wanted, certifiedUser(state, granter), opener)
      return { key: toBase64url(secret.reveal()) }
    })
  }
})

test('approver keys that were wrapped under suite v1 open, and forged ones do not', async () => {
  const holderShape = z.strictObject({ id: z.string(), encryptionKey: EncryptionKey, privateKey: z.string() })
  const shape = z.strictObject({ ...named, wrap: HeldKeyWrap, holder: holderShape, expect: gives({ privateKey: z.string() }) })
  const vectors = readVectors('approver-key', z.strictObject({ log, cases: z.array(shape) }))
  const state = await verifyLog(vectors.log)
  for (const { name, wrap, holder, expect } of vectors.cases) {
    await holds(name, expect, async () => {
      const encryption = await importEncryptionKeyPair(fromBase64url(holder.privateKey), holder.encryptionKey)
      const key = await openApproverKey(state, wrap, { id: holder.id, encryption })
      return { privateKey: toBase64url(await exportPrivateKey(key.encryption)) }
    })
  }
})

test('who registered under suite v1 signs in, and nobody else', async () => {
  const text = { serverSetup: z.string(), registrationRecord: z.string(), password: z.string() }
  const shape = z.strictObject({ ...named, ...text, owner: Owner, expect: gives({ passwordKey: z.string() }) })
  await ready
  for (const { name, serverSetup, registrationRecord, password, owner, expect } of readVectors(
    'opaque',
    z.strictObject({ cases: z.array(shape) }),
  ).cases) {
    await holds(name, expect, async () => {
      const { state, startLoginRequest } = await startSignIn(password)
      const identifiers = opaqueIdentifiers(owner.enterprise, owner.userId)
      const { loginResponse } = server.startLogin({
        serverSetup,
        registrationRecord,
        startLoginRequest,
        userIdentifier: owner.userId,
        identifiers,
      })
      return { passwordKey: toBase64url(finishSignIn(password, state, loginResponse, owner).passwordKey.reveal()) }
    })
  }
})
