import type { Binding } from '@claviger/contract/associated-data.ts'
import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { EnterpriseLogId } from '@claviger/contract/ids.ts'
import type { EncryptionKey } from '@claviger/contract/public-keys.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import { ClientError } from '../errors.ts'
import { type EncryptionKeyPair, exportPrivateKey, importEncryptionKeyPair, openWith, sealTo } from './key-pair.ts'
import { requireWithin, type VerifiedAutomator, type VerifiedUser } from './recipients.ts'

/** A key of the enterprise that several people hold: the approver key or the recovery key, of one epoch. */
export interface HeldKey<Kind extends HeldKeyWrap['key']> {
  readonly kind: Kind
  readonly epoch: number
  readonly encryption: EncryptionKeyPair
}

/** Who opens a wrap: a user's identity, or an automator. */
export interface KeyHolder {
  readonly id: string
  readonly encryption: EncryptionKeyPair
}

/**
 * Gives the private half to one holder, whom the caller has found entitled in the log. `published` are the log's keys by epoch.
 * @throws ClientError `unknown_key` unless this is the newest of them, `not_entitled`
 */
export async function sealHeldKey(
  enterprise: EnterpriseLogId,
  { kind, epoch, encryption }: HeldKey<HeldKeyWrap['key']>,
  to: VerifiedUser | VerifiedAutomator,
  published: readonly EncryptionKey[],
): Promise<HeldKeyWrap> {
  requireWithin(enterprise, to)
  if (published.length !== epoch || published.at(-1) !== encryption.public) {
    throw new ClientError('unknown_key', `Epoch ${epoch} is not the newest ${kind} that the log has.`)
  }
  const fields = { key: kind, epoch, holderId: to.id, holderKey: to.encryptionKey }
  const sealed = await sealTo(to.encryptionKey, await exportPrivateKey(encryption), bindingOf(enterprise, fields, encryption.public))
  return { suite: SUITE, ...fields, sealed }
}

/**
 * The key of this kind, if it is the one whose public half the log has. `published` are the log's keys by epoch.
 * @throws ClientError `unknown_key`, `cannot_open`, `swapped_key`
 */
export async function openHeldKey<Kind extends HeldKeyWrap['key']>(
  kind: Kind,
  enterprise: EnterpriseLogId,
  wrap: HeldKeyWrap,
  holder: KeyHolder,
  published: readonly EncryptionKey[],
): Promise<HeldKey<Kind>> {
  const expected = published[wrap.epoch - 1]
  if (expected === undefined) throw new ClientError('unknown_key', `The log has no ${kind} of epoch ${wrap.epoch}.`)
  const fields = { key: kind, epoch: wrap.epoch, holderId: holder.id, holderKey: holder.encryption.public }
  const opened = await openWith(holder.encryption, wrap.sealed, bindingOf(enterprise, fields, expected))
  return { kind, epoch: wrap.epoch, encryption: await importEncryptionKeyPair(opened, expected) }
}

function bindingOf(
  enterprise: EnterpriseLogId,
  { key, epoch, holderId, holderKey }: Pick<HeldKeyWrap, 'key' | 'epoch' | 'holderId' | 'holderKey'>,
  publicKey: EncryptionKey,
): Binding {
  return {
    label: key,
    enterprise,
    object: { type: key, id: enterprise },
    owner: { type: 'enterprise', id: enterprise },
    wrappingKey: { id: holderId, epoch: 1 },
    part: 'key',
    version: epoch,
    beside: { holderKey, publicKey },
  }
}
