import { associatedData, type Binding } from '@claviger/contract/associated-data.ts'
import { fromBase64url, readUtf8, toBase64url } from '@claviger/contract/bytes.ts'
import { SealedIdentity, SealedRecord, SealedRecordKey, UserRootWrap } from '@claviger/contract/envelopes.ts'
import { EnterpriseLogId, EntryHash, FolderId, TeamId, UserId } from '@claviger/contract/ids.ts'
import { verifyLog } from '@claviger/contract/log/verify.ts'
import { EncryptionKey, SigningKey } from '@claviger/contract/public-keys.ts'
import { samlRequestId } from '@claviger/contract/saml-request-id.ts'
import { SignedStatement } from '@claviger/contract/signed-statement.ts'
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
import { eachOf, gives, named, type VectorCheck } from './testing-vectors.ts'
import { openRoot } from './user-root.ts'

const Owner = z.strictObject({ enterprise: EnterpriseLogId, userId: UserId })
const bytesOf = (text: string) => fromBase64url(text)

export const checkAssociatedData: VectorCheck = (file) => {
  const binding = z.custom<Binding>((value) => typeof value === 'object')
  const shape = z.strictObject({ ...named, binding, expect: gives({ bytes: z.string() }) })
  return eachOf(casesOf(file, shape), async ({ binding }) => ({ bytes: toBase64url(associatedData(binding)) }))
}

export const checkUserRoots: VectorCheck = (file) => {
  const secret = z.strictObject({ kind: z.enum(['password-key', 'recovery-code']), bytes: z.string() })
  const shape = z.strictObject({ ...named, owner: Owner, secret, wrap: UserRootWrap, expect: gives({ root: z.string() }) })
  return eachOf(casesOf(file, shape), async ({ owner, secret: { kind, bytes }, wrap }) => {
    if (wrap.way === 'device' || wrap.way === 'recovery-key') throw new Error('no such case')
    const key = kind === 'password-key' ? new Secret(kind, bytesOf(bytes)) : new Secret(kind, bytesOf(bytes))
    return { root: toBase64url((await openRoot(wrap, owner, key)).reveal()) }
  })
}

export const checkIdentities: VectorCheck = (file) => {
  const given = { owner: Owner, root: z.string(), sealed: SealedIdentity }
  const shape = z.strictObject({ ...named, ...given, expect: gives({ signingKey: z.string() }) })
  return eachOf(casesOf(file, shape), async ({ owner, root, sealed }) => {
    const { public: known } = await openIdentity(sealed, new Secret('user-root', bytesOf(root)), owner, null)
    return { signingKey: known.signingKey }
  })
}

export const checkTeamKeys: VectorCheck = async (file) => {
  const opener = z.strictObject({ userId: UserId, encryptionKey: EncryptionKey, privateKey: z.string() })
  const wanted = z.strictObject({ teamId: TeamId, epoch: z.int() })
  const given = { grant: SignedStatement, wanted, granter: UserId, opener }
  const shape = z.strictObject({ ...named, ...given, expect: gives({ privateKey: z.string() }) })
  const { log, cases } = z.strictObject({ log: z.array(SignedStatement), cases: z.array(shape) }).parse(file)
  const state = await verifyLog(log)
  return eachOf(cases, async ({ grant, wanted, granter, opener }) => {
    const encryption = await importEncryptionKeyPair(bytesOf(opener.privateKey), opener.encryptionKey)
    const grantee = { kind: 'user', id: opener.userId, encryptionKey: opener.encryptionKey } as const
    const key = await openTeamKey(state, grant, wanted, certifiedUser(state, granter), { grantee, encryption })
    return { privateKey: toBase64url(await exportPrivateKey(key.encryption)) }
  })
}

export const checkRecords: VectorCheck = async (file) => {
  const part = z.enum(['meta', 'body'])
  const shape = z.strictObject({ ...named, wrap: SealedRecordKey, record: SealedRecord, part, expect: gives({ text: z.string() }) })
  const folderShape = z.strictObject({ folderId: FolderId, epoch: z.int(), key: z.string() })
  const whole = z.strictObject({ enterprise: EnterpriseLogId, folder: folderShape, cases: z.array(shape) })
  const { enterprise, folder, cases } = whole.parse(file)
  const { folderId, epoch } = folder
  const secret = new Secret('folder-key', bytesOf(folder.key))
  const folderKey: FolderKey = { kind: 'folder-key', enterprise, folderId, epoch, secret, aes: await importAesKey(secret.reveal()) }
  return eachOf(cases, async ({ wrap, record, part }) => {
    const key = await openRecordKey(wrap, { recordId: record.id, epoch: record.keyEpoch }, folderKey)
    return { text: readUtf8(await openRecordPart(enterprise, record, part, key)) }
  })
}

export const checkLogs: VectorCheck = (file) => {
  const pin = z.strictObject({ enterprise: EnterpriseLogId, length: z.int(), head: EntryHash }).nullable()
  const said = { enterprise: z.string(), length: z.int(), head: z.string(), administrators: z.array(z.string()) }
  const shape = z.strictObject({ ...named, entries: z.array(SignedStatement), pin, expect: gives(said) })
  return eachOf(casesOf(file, shape), async ({ entries, pin }) => {
    const state = pin === null ? await readLogFirst(entries, null) : await readPinnedLog(entries, pin)
    const { enterprise, length, head, administrators } = state
    return { enterprise, length, head, administrators: [...administrators.keys()] }
  })
}

/** Recovery codes, safety words and SAML request ids. */
export const checkWordsAndIds: VectorCheck = async (file) => {
  const keys = { signingKey: SigningKey, encryptionKey: EncryptionKey }
  const compared = z.strictObject({ userId: z.string(), keys: z.strictObject({ ...keys, keyBinding: z.string() }) })
  const code = z.strictObject({ ...named, typed: z.string(), expect: gives({ bytes: z.string() }) })
  const of = { enterprise: EnterpriseLogId, a: compared, b: compared }
  const words = z.strictObject({ ...named, ...of, expect: gives({ words: z.array(z.string()) }) })
  const purpose = z.enum(['certify-identity', 'admit-device'])
  const request = z.strictObject({ purpose, enterprise: EnterpriseLogId, userId: UserId, nonce: z.string(), ...keys })
  const saml = z.strictObject({ ...named, request, expect: gives({ id: z.string() }) })
  const all = z.strictObject({ recoveryCodes: z.array(code), safetyWords: z.array(words), samlRequestIds: z.array(saml) }).parse(file)
  return [
    ...(await eachOf(all.recoveryCodes, async ({ typed }) => ({ bytes: toBase64url((await readRecoveryCode(typed)).reveal()) }))),
    ...(await eachOf(all.safetyWords, async ({ enterprise, a, b }) => ({ words: await safetyWords(enterprise, a, b) }))),
    ...(await eachOf(all.samlRequestIds, async ({ request }) => ({ id: await samlRequestId(request) }))),
  ]
}

function casesOf<T>(file: unknown, shape: z.ZodType<T>): T[] {
  return z.strictObject({ cases: z.array(shape) }).parse(file).cases
}
