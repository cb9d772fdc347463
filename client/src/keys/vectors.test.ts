import { associatedData, type Binding } from '@claviger/contract/associated-data.ts'
import { fromBase64url, readUtf8, toBase64url } from '@claviger/contract/bytes.ts'
import { SealedIdentity, SealedRecord, SealedRecordKey, UserRootWrap } from '@claviger/contract/envelopes.ts'
import { EnterpriseLogId, EntryHash, FolderId, TeamId, UserId } from '@claviger/contract/ids.ts'
import { verifyLog } from '@claviger/contract/log/verify.ts'
import { EncryptionKey, SigningKey } from '@claviger/contract/public-keys.ts'
import { samlRequestId } from '@claviger/contract/saml-request-id.ts'
import { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { test } from 'vitest'
import { z } from 'zod'
import { readLogFirst, readPinnedLog } from '../log/log-pin.ts'
import { importAesKey } from './aes.ts'
import type { FolderKey } from './folder-key.ts'
import { openIdentity } from './identity.ts'
import { exportPrivateKey, importEncryptionKeyPair } from './key-pair.ts'
import { certifiedUser } from './recipients.ts'
import { openRecordPart } from './record.ts'
import { openRecordKey } from './record-key.ts'
import { readRecoveryCode } from './recovery-code.ts'
import { safetyWords } from './safety-words.ts'
import { Secret } from './secret.ts'
import { openTeamKey } from './team-key.ts'
import { gives, holds, named, readVectors as read } from './testing-vectors.ts'
import { openRoot } from './user-root.ts'

const Owner = z.strictObject({ enterprise: EnterpriseLogId, userId: UserId })
const bytesOf = (text: string) => fromBase64url(text)

test('associated data is what it always was', async () => {
  const binding = z.custom<Binding>((value) => typeof value === 'object')
  const { cases } = read(
    'associated-data',
    z.strictObject({ cases: z.array(z.strictObject({ ...named, binding, expect: gives({ bytes: z.string() }) })) }),
  )
  for (const { name, binding, expect } of cases) await holds(name, expect, async () => ({ bytes: toBase64url(associatedData(binding)) }))
})

test('user roots that were wrapped under suite v1 open, and forged ones do not', async () => {
  const secret = z.strictObject({ kind: z.enum(['password-key', 'recovery-code']), bytes: z.string() })
  const shape = z.strictObject({ ...named, owner: Owner, secret, wrap: UserRootWrap, expect: gives({ root: z.string() }) })
  for (const { name, owner, secret, wrap, expect } of read('user-root', z.strictObject({ cases: z.array(shape) })).cases) {
    await holds(name, expect, async () => {
      if (wrap.way === 'device' || wrap.way === 'recovery-key') throw new Error('no such case')
      const { kind, bytes } = secret
      const key = kind === 'password-key' ? new Secret(kind, bytesOf(bytes)) : new Secret(kind, bytesOf(bytes))
      return { root: toBase64url((await openRoot(wrap, owner, key)).reveal()) }
    })
  }
})

test('identities that were sealed under suite v1 open, and forged ones do not', async () => {
  const shape = z.strictObject({
    ...named,
    owner: Owner,
    root: z.string(),
    sealed: SealedIdentity,
    expect: gives({ signingKey: z.string() }),
  })
  for (const { name, owner, root, sealed, expect } of read('identity', z.strictObject({ cases: z.array(shape) })).cases) {
    await holds(name, expect, async () => {
      const { public: known } = await openIdentity(sealed, new Secret('user-root', bytesOf(root)), owner, null)
      return { signingKey: known.signingKey }
    })
  }
})

test('grants of team keys that were made under suite v1 open, and forged ones do not', async () => {
  const opener = z.strictObject({ userId: UserId, encryptionKey: EncryptionKey, privateKey: z.string() })
  const wanted = z.strictObject({ teamId: TeamId, epoch: z.int() })
  const shape = z.strictObject({
    ...named,
    grant: SignedStatement,
    wanted,
    granter: UserId,
    opener,
    expect: gives({ privateKey: z.string() }),
  })
  const { log, cases } = read('team-key', z.strictObject({ log: z.array(SignedStatement), cases: z.array(shape) }))
  const state = await verifyLog(log)
  for (const { name, grant, wanted, granter, opener, expect } of cases) {
    await holds(name, expect, async () => {
      const encryption = await importEncryptionKeyPair(bytesOf(opener.privateKey), opener.encryptionKey)
      const grantee = { kind: 'user', id: opener.userId, encryptionKey: opener.encryptionKey } as const
      const key = await openTeamKey(state, grant, wanted, certifiedUser(state, granter), { grantee, encryption })
      return { privateKey: toBase64url(await exportPrivateKey(key.encryption)) }
    })
  }
})

test('records that were sealed under suite v1 open, and forged ones do not', async () => {
  const part = z.enum(['meta', 'body'])
  const shape = z.strictObject({ ...named, wrap: SealedRecordKey, record: SealedRecord, part, expect: gives({ text: z.string() }) })
  const folderShape = z.strictObject({ folderId: FolderId, epoch: z.int(), key: z.string() })
  const { enterprise, folder, cases } = read(
    'record',
    z.strictObject({ enterprise: EnterpriseLogId, folder: folderShape, cases: z.array(shape) }),
  )
  const { folderId, epoch } = folder
  const secret = new Secret('folder-key', bytesOf(folder.key))
  const folderKey: FolderKey = { kind: 'folder-key', enterprise, folderId, epoch, secret, aes: await importAesKey(secret.reveal()) }
  for (const { name, wrap, record, part, expect } of cases) {
    await holds(name, expect, async () => {
      const key = await openRecordKey(wrap, { recordId: record.id, epoch: record.keyEpoch }, folderKey)
      return { text: readUtf8(await openRecordPart(enterprise, record, part, key)) }
    })
  }
})

test('logs read as they always did, and tampered ones are refused', async () => {
  const pin = z.strictObject({ enterprise: EnterpriseLogId, length: z.int(), head: EntryHash }).nullable()
  const said = { enterprise: z.string(), length: z.int(), head: z.string(), administrators: z.array(z.string()) }
  const shape = z.strictObject({ ...named, entries: z.array(SignedStatement), pin, expect: gives(said) })
  for (const { name, entries, pin, expect } of read('log', z.strictObject({ cases: z.array(shape) })).cases) {
    await holds(name, expect, async () => {
      const { enterprise, length, head, administrators } =
        pin === null ? await readLogFirst(entries, null) : await readPinnedLog(entries, pin)
      return { enterprise, length, head, administrators: [...administrators.keys()] }
    })
  }
})

test('recovery codes, safety words and SAML request ids are what they always were', async () => {
  const compared = z.strictObject({
    userId: z.string(),
    keys: z.strictObject({ signingKey: SigningKey, encryptionKey: EncryptionKey, keyBinding: z.string() }),
  })
  const code = z.strictObject({ ...named, typed: z.string(), expect: gives({ bytes: z.string() }) })
  const words = z.strictObject({
    ...named,
    enterprise: EnterpriseLogId,
    a: compared,
    b: compared,
    expect: gives({ words: z.array(z.string()) }),
  })
  const purpose = z.enum(['certify-identity', 'admit-device'])
  const keys = { signingKey: SigningKey, encryptionKey: EncryptionKey }
  const request = z.strictObject({ purpose, enterprise: EnterpriseLogId, userId: UserId, nonce: z.string(), ...keys })
  const saml = z.strictObject({ ...named, request, expect: gives({ id: z.string() }) })
  const all = read(
    'words-and-ids',
    z.strictObject({ recoveryCodes: z.array(code), safetyWords: z.array(words), samlRequestIds: z.array(saml) }),
  )
  for (const { name, typed, expect } of all.recoveryCodes) {
    await holds(name, expect, async () => ({ bytes: toBase64url((await readRecoveryCode(typed)).reveal()) }))
  }
  for (const { name, enterprise, a, b, expect } of all.safetyWords) {
    await holds(name, expect, async () => ({ words: await safetyWords(enterprise, a, b) }))
  }
  for (const { name, request, expect } of all.samlRequestIds) await holds(name, expect, async () => ({ id: await samlRequestId(request) }))
})
