import type { Binding, Label } from '@claviger/contract/associated-data.ts'
import type { Bytes } from '@claviger/contract/bytes.ts'
import type { UserRootWrap } from '@claviger/contract/envelopes.ts'
import type { EncryptionKey } from '@claviger/contract/public-keys.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import { ClientError } from '../errors.ts'
import { openAes, sealAes } from './aes.ts'
import { deriveAesKey, type Purpose } from './derive.ts'
import type { Device, VerifiedDevice } from './device.ts'
import { openWith, sealTo } from './key-pair.ts'
import { requireWithin, type VerifiedRecoveryKey } from './recipients.ts'
import type { RecoveryKey } from './recovery-key.ts'
import type { RootOwner, UserRoot } from './root-owner.ts'
import { randomBytes, Secret } from './secret.ts'
import { KEY_BYTES } from './suite.ts'

/** What a password turns into through OPAQUE (its export_key, 64 bytes). */
export type PasswordKey = Secret<'password-key'>
/** A recovery code's own bytes. */
export type RecoveryCode = Secret<'recovery-code'>
/** What a passkey's PRF extension gives (WebAuthn level 3 §10.1.4), 32 bytes. */
export type PasskeySecret = Secret<'passkey-secret'>

type Wrap<Way extends UserRootWrap['way']> = Extract<UserRootWrap, { way: Way }>

/** 32 random bytes, made on the user's device at registration. */
export function makeUserRoot(): UserRoot {
  return new Secret('user-root', randomBytes(KEY_BYTES))
}

/** `epoch` 1 at registration, one more with each new password. */
export async function wrapRootByPassword(root: UserRoot, owner: RootOwner, key: PasswordKey, epoch: number): Promise<Wrap<'password'>> {
  return { suite: SUITE, way: 'password', epoch, sealed: await sealRoot(root, owner, key, bindingOf(owner, 'password', 'password', epoch)) }
}

/** `epoch` 1 for the first code, one more with each new one. */
export async function wrapRootByRecoveryCode(
  root: UserRoot,
  owner: RootOwner,
  code: RecoveryCode,
  epoch: number,
): Promise<Wrap<'recovery-code'>> {
  const binding = bindingOf(owner, 'recovery-code', 'recovery-code', epoch)
  return { suite: SUITE, way: 'recovery-code', epoch, sealed: await sealRoot(root, owner, code, binding) }
}

/** `passkeyId` is the credential's id in base64url. */
export async function wrapRootByPasskey(
  root: UserRoot,
  owner: RootOwner,
  secret: PasskeySecret,
  passkeyId: string,
  epoch: number,
): Promise<Wrap<'passkey'>> {
  const binding = bindingOf(owner, 'passkey', passkeyId, epoch)
  return { suite: SUITE, way: 'passkey', passkeyId, epoch, sealed: await sealRoot(root, owner, secret, binding) }
}

/** Gives a device the root. @throws ClientError `not_entitled` unless the device is on this user's own list */
export async function wrapRootForDevice(root: UserRoot, owner: RootOwner, device: VerifiedDevice): Promise<Wrap<'device'>> {
  if (device.enterprise !== owner.enterprise || device.userId !== owner.userId) {
    throw new ClientError('not_entitled', 'This device is on another user’s list.')
  }
  const sealed = await sealTo(device.encryptionKey, root.reveal(), deviceBinding(owner, device.id, device.encryptionKey))
  return { suite: SUITE, way: 'device', deviceId: device.id, sealed }
}

/** For recovery by an administrator. Only where the log's policy wants it is there a `VerifiedRecoveryKey`. */
export async function wrapRootForRecovery(root: UserRoot, owner: RootOwner, to: VerifiedRecoveryKey): Promise<Wrap<'recovery-key'>> {
  requireWithin(owner.enterprise, to)
  const binding = recoveryBinding(owner, to.epoch, to.encryptionKey)
  return { suite: SUITE, way: 'recovery-key', epoch: to.epoch, sealed: await sealTo(to.encryptionKey, root.reveal(), binding) }
}

/** The secret that opens each way in. */
export type WayIn = PasswordKey | RecoveryCode | PasskeySecret

/**
 * The root, by password, recovery code or passkey. `wrap` is what the server gave; a wrap of another way, owner or epoch
 * does not open. @throws ClientError `cannot_open`
 */
export async function openRoot(wrap: Wrap<'password' | 'recovery-code' | 'passkey'>, owner: RootOwner, secret: WayIn): Promise<UserRoot> {
  const binding = bindingOf(owner, wrap.way, wrap.way === 'passkey' ? wrap.passkeyId : wrap.way, wrap.epoch)
  const key = await deriveAesKey(secret.reveal(), purposeOf(secret), owner.enterprise, owner.userId)
  return rootOf(await openAes(key, wrap.sealed, binding))
}

/** The root, on a device that was given it. @throws ClientError `cannot_open` */
export async function openRootOnDevice(wrap: Wrap<'device'>, owner: RootOwner, device: Device): Promise<UserRoot> {
  const binding = deviceBinding(owner, device.id, device.encryption.public)
  return rootOf(await openWith(device.encryption, wrap.sealed, binding))
}

/** The root of a user who lost every other way in, by who holds the recovery key of that epoch. @throws ClientError `cannot_open` */
export async function openRootByRecoveryKey(wrap: Wrap<'recovery-key'>, owner: RootOwner, key: RecoveryKey): Promise<UserRoot> {
  return rootOf(await openWith(key.encryption, wrap.sealed, recoveryBinding(owner, wrap.epoch, key.encryption.public)))
}

async function sealRoot(root: UserRoot, { enterprise, userId }: RootOwner, secret: WayIn, binding: Binding) {
  return sealAes(await deriveAesKey(secret.reveal(), purposeOf(secret), enterprise, userId), root.reveal(), binding)
}

function purposeOf({ kind }: WayIn): Purpose {
  if (kind === 'password-key') return 'root wrap by password'
  return kind === 'recovery-code' ? 'root wrap by recovery code' : 'root wrap by passkey'
}

function rootOf(bytes: Bytes): UserRoot {
  if (bytes.length !== KEY_BYTES) throw new ClientError('cannot_open', 'What was opened has not the length of a user root.')
  return new Secret('user-root', bytes)
}

function deviceBinding(owner: RootOwner, deviceId: string, recipientKey: EncryptionKey): Binding {
  return { ...bindingOf(owner, 'device', deviceId, 1), beside: { recipientKey } }
}

function recoveryBinding(owner: RootOwner, epoch: number, recipientKey: EncryptionKey): Binding {
  return { ...bindingOf(owner, 'recovery-key', 'recovery-key', epoch), beside: { recipientKey } }
}

function bindingOf({ enterprise, userId }: RootOwner, way: UserRootWrap['way'], keyId: string, epoch: number): Binding {
  const label: Label = `user-root by ${way}`
  return {
    label,
    enterprise,
    object: { type: 'user-root', id: userId },
    owner: { type: 'user', id: userId },
    wrappingKey: { id: keyId, epoch },
    part: 'key',
    version: 1,
    beside: {},
  }
}
