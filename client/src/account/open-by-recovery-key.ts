import { readHeldKeys } from '@claviger/contract/api/log.ts'
import type { SealedIdentity, UserRootWrap } from '@claviger/contract/envelopes.ts'
import type { EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import { call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { type Identity, openIdentity } from '../keys/identity.ts'
import { certifiedUser, firstUseUser, type VerifiedUser } from '../keys/recipients.ts'
import { openRecoveryKey, type RecoveryKey } from '../keys/recovery-key.ts'
import type { RootOwner, UserRoot } from '../keys/root-owner.ts'
import { openRootByRecoveryKey } from '../keys/user-root.ts'
import type { OpenAccount } from './open-account.ts'

/** What the server gives of a user who is to be recovered. None of it is believed. */
export interface SealedUser {
  readonly userId: UserId
  readonly enterprise: EnterpriseLogId
  readonly identity: SealedIdentity
  readonly wrap: Extract<UserRootWrap, { way: 'recovery-key' }>
}

/** A user's keys, opened for them. */
export interface OpenedUser {
  readonly owner: RootOwner
  readonly root: UserRoot
  readonly identity: Identity
}

/**
 * Opens a user's root and identity with the recovery key. Anybody can seal a root to that key, so the identity must be the
 * one that the log certifies: a server that puts root and identity of its own in their place is refused.
 * @throws ClientError `not_entitled` for who does not hold the recovery key, `uncertified`, `swapped_key`, `cannot_open`,
 * `another_enterprise`, `unknown_key`
 */
export async function openByRecoveryKey(account: OpenAccount, { userId, enterprise, identity, wrap }: SealedUser): Promise<OpenedUser> {
  if (enterprise !== account.owner.enterprise) throw new ClientError('another_enterprise', 'This user is of another enterprise.')
  const known = await knownUser(account, userId, identity)
  const owner: RootOwner = { enterprise, userId }
  const root = await openRootByRecoveryKey(wrap, owner, await heldRecoveryKey(account, wrap.epoch))
  return { owner, root, identity: await openIdentity(identity, root, owner, known) }
}

/** The keys that the log certifies, or, where its policy wants no certificates, those that this device took for theirs before. */
async function knownUser({ state, profile }: OpenAccount, userId: UserId, offered: SealedIdentity): Promise<VerifiedUser> {
  if (state.certificates.has(userId)) return certifiedUser(state, userId, offered)
  const pinned = profile.firstUse.get(userId)
  if (pinned === undefined) throw new ClientError('uncertified', 'Nobody has certified this user: certify them before you recover them.')
  const { signingKey, encryptionKey, keyBinding } = offered
  return firstUseUser(state, userId, { signingKey, encryptionKey, keyBinding }, pinned)
}

async function heldRecoveryKey({ connection, state, identity }: OpenAccount, epoch: number): Promise<RecoveryKey> {
  const { heldKeys } = await call(connection, readHeldKeys, {})
  const wrap = heldKeys.find((held) => held.key === 'recovery-key' && held.epoch === epoch)
  if (wrap === undefined) {
    throw new ClientError('not_entitled', `You do not hold the recovery key of epoch ${epoch}: ask an administrator who does.`)
  }
  return openRecoveryKey(state, wrap, { id: identity.userId, encryption: identity.encryption })
}
