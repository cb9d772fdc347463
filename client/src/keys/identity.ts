import type { Binding } from '@claviger/contract/associated-data.ts'
import type { SealedIdentity } from '@claviger/contract/envelopes.ts'
import type { UserId } from '@claviger/contract/ids.ts'
import { keyBindingMessage, type PublicIdentity, requireKeyBinding } from '@claviger/contract/public-keys.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import { ClientError } from '../errors.ts'
import { openAes, sealAes } from './aes.ts'
import { deriveAesKey } from './derive.ts'
import {
  type EncryptionKeyPair,
  exportPrivateKey,
  importEncryptionKeyPair,
  importSigningKeyPair,
  makeEncryptionKeyPair,
  makeSigningKeyPair,
  type SigningKeyPair,
} from './key-pair.ts'
import type { RootOwner, UserRoot } from './root-owner.ts'
import { sign } from './sign.ts'

/** A user's keys, with their private halves. */
export interface Identity {
  readonly kind: 'identity'
  readonly userId: UserId
  readonly signing: SigningKeyPair
  readonly encryption: EncryptionKeyPair
  readonly public: PublicIdentity
}

/** The public keys that a user is known by. */
export type KnownKeys = Pick<PublicIdentity, 'signingKey' | 'encryptionKey'>

/** Makes the keys that others will know this user by. The signing key signs the encryption key for this user id. */
export async function makeIdentity(userId: UserId): Promise<Identity> {
  const [signing, encryption] = await Promise.all([makeSigningKeyPair(true), makeEncryptionKeyPair(true)])
  return { kind: 'identity', userId, signing, encryption, public: await publicIdentity(userId, signing, encryption) }
}

/** The private halves under the user root, beside the public ones. */
export async function sealIdentity(identity: Identity, root: UserRoot, owner: RootOwner): Promise<SealedIdentity> {
  requireOwner(identity.userId, owner)
  const key = await deriveAesKey(root.reveal(), 'identity', owner.enterprise, owner.userId)
  const [signing, encryption] = [await exportPrivateKey(identity.signing), await exportPrivateKey(identity.encryption)]
  return {
    suite: SUITE,
    ...identity.public,
    signing: await sealAes(key, signing, bindingOf(owner, 'signing', identity.public)),
    encryption: await sealAes(key, encryption, bindingOf(owner, 'encryption', identity.public)),
  }
}

/**
 * The identity, if this root sealed it for this user. `known` are the user's public keys as the log certifies them or this
 * device remembers them. Null is for a root that a password or recovery code opened, and nobody else can have wrapped;
 * a root that came sealed to a public key may be the server's own, with an identity to it.
 * @throws ClientError `cannot_open`, `swapped_key`; ContractError `bad_signature`
 */
export async function openIdentity(sealed: SealedIdentity, root: UserRoot, owner: RootOwner, known: KnownKeys | null): Promise<Identity> {
  const { signingKey, encryptionKey, keyBinding } = sealed
  const beside = { signingKey, encryptionKey, keyBinding }
  if (known !== null && (known.signingKey !== signingKey || known.encryptionKey !== encryptionKey)) {
    throw new ClientError('swapped_key', 'This identity has other keys than the user is known by.')
  }
  const key = await deriveAesKey(root.reveal(), 'identity', owner.enterprise, owner.userId)
  const signing = await importSigningKeyPair(await openAes(key, sealed.signing, bindingOf(owner, 'signing', beside)), signingKey)
  const opened = await openAes(key, sealed.encryption, bindingOf(owner, 'encryption', beside))
  const encryption = await importEncryptionKeyPair(opened, encryptionKey)
  await requireKeyBinding(owner.userId, beside)
  return { kind: 'identity', userId: owner.userId, signing, encryption, public: beside }
}

/** The public half of any holder's pairs: a user, a device or an automator, by its id. */
export async function publicIdentity(holderId: string, signing: SigningKeyPair, encryption: EncryptionKeyPair): Promise<PublicIdentity> {
  const keyBinding = await sign(signing, 'encryption-key', keyBindingMessage(holderId, encryption.public))
  return { signingKey: signing.public, encryptionKey: encryption.public, keyBinding }
}

function requireOwner(userId: UserId, owner: RootOwner): void {
  if (userId !== owner.userId) throw new ClientError('swapped_key', 'This identity is another user’s.')
}

function bindingOf({ enterprise, userId }: RootOwner, half: 'signing' | 'encryption', beside: PublicIdentity): Binding {
  return {
    label: `identity ${half}`,
    enterprise,
    object: { type: 'identity', id: userId },
    owner: { type: 'user', id: userId },
    wrappingKey: { id: userId, epoch: 1 },
    part: 'key',
    version: 1,
    beside: { ...beside },
  }
}
