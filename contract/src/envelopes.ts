import { z } from 'zod'
import { DeviceId, FolderId, RecordId, UserId } from './ids.ts'
import { EncryptionKey, publicIdentityFields } from './public-keys.ts'
import { AesSealed, HpkeSealed } from './sealed.ts'
import { base64urlBetween, Epoch, Millis, Suite, wholeFrom } from './shape.ts'

/** What the server keeps of keys: ciphertext, and the plaintext fields that each ciphertext is bound to. */

/** A user root under one of the ways in. `epoch` counts the renewals of that way: a new password, a new code. */
export const UserRootWrap = z.discriminatedUnion('way', [
  z.strictObject({ suite: Suite, way: z.literal('password'), epoch: Epoch, sealed: AesSealed }),
  z.strictObject({ suite: Suite, way: z.literal('recovery-code'), epoch: Epoch, sealed: AesSealed }),
  z.strictObject({ suite: Suite, way: z.literal('passkey'), passkeyId: base64urlBetween(16, 1023), epoch: Epoch, sealed: AesSealed }),
  z.strictObject({ suite: Suite, way: z.literal('device'), deviceId: DeviceId, sealed: HpkeSealed }),
  z.strictObject({ suite: Suite, way: z.literal('recovery-key'), epoch: Epoch, sealed: HpkeSealed }),
])
export type UserRootWrap = z.infer<typeof UserRootWrap>

/** An identity: public halves, and the private ones (PKCS#8) under the user root. */
export const SealedIdentity = z.strictObject({ suite: Suite, ...publicIdentityFields, signing: AesSealed, encryption: AesSealed })
export type SealedIdentity = z.infer<typeof SealedIdentity>

/** The private half of the approver key or of the recovery key, for one person or automator who may hold it. */
export const HeldKeyWrap = z.strictObject({
  suite: Suite,
  key: z.enum(['approver-key', 'recovery-key']),
  epoch: Epoch,
  holderId: z.string(),
  holderKey: EncryptionKey,
  sealed: HpkeSealed,
})
export type HeldKeyWrap = z.infer<typeof HeldKeyWrap>

/** The key of a personal folder, for its owner alone. Shared folders have grants (grant.ts). */
export const OwnFolderKey = z.strictObject({ suite: Suite, folderId: FolderId, epoch: Epoch, sealed: AesSealed })
export type OwnFolderKey = z.infer<typeof OwnFolderKey>

/** A record key under its folder's key. */
export const SealedRecordKey = z.strictObject({
  suite: Suite,
  recordId: RecordId,
  epoch: Epoch,
  folderId: FolderId,
  folderEpoch: Epoch,
  sealed: AesSealed,
})
export type SealedRecordKey = z.infer<typeof SealedRecordKey>

/** The plaintext fields of one version of a record. All of them are bound into each part. */
const recordFields = {
  id: RecordId,
  folderId: FolderId,
  /** Epoch of the record key. */
  keyEpoch: Epoch,
  version: wholeFrom(1),
  author: UserId,
  modifiedAt: Millis,
}

/** One version of a record: `meta` is what lists show, `body` is the rest. */
export const SealedRecord = z.strictObject({ suite: Suite, ...recordFields, meta: AesSealed, body: AesSealed })
export type SealedRecord = z.infer<typeof SealedRecord>
