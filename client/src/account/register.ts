import { finishRegistration } from '@claviger/contract/api/accounts.ts'
import type { SessionGiven } from '@claviger/contract/api/sessions.ts'
import { type Connection, call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { remember } from '../keys/seen.ts'
import { entriesFrom } from '../log/follow.ts'
import { pinOf, readLogFirst } from '../log/log-pin.ts'
import { beginRegistration, type MadeAccount, makeAccount, makeIdentityFor, type Registered, type Registering } from './new-account.ts'
import type { OpenAccount } from './open-account.ts'
import type { Profile } from './profile.ts'
import { ensureRecoveryWrap } from './recovery-wrap.ts'

/**
 * Accepts an invitation: makes the account on this device and signs in. Not verified yet: others seal nothing to it before
 * the log has its certificate, or the policy does not want one.
 * @throws ClientError `weak_password`, `another_enterprise`; ApiError `not_found`, `conflict` where the link opens nothing (any more)
 */
export async function register(given: Registering): Promise<Registered> {
  const begun = await beginRegistration(given)
  const { connection, invitation } = begun
  const { enterprise, userId, email } = invitation
  if (enterprise === null) throw new ClientError('unexpected_answer', 'This link is for setting up: it is not an invitation.')
  const { registrationRecord, ...opaque } = begun.finish({ enterprise, userId })
  const made = await makeAccount(enterprise, await makeIdentityFor(begun), opaque.passwordKey, given)
  const session = await call(connection, finishRegistration, {
    token: given.token,
    registrationRecord,
    ...made.sent,
    entries: [],
    heldKeys: [],
  })
  const profile = firstProfile(given.origin, email, made, opaque, session)
  await given.store.save(profile)
  const signedIn: Connection = { ...connection, token: session.token }
  const state = await readLogFirst(await entriesFrom(signedIn, 0), enterprise)
  const { owner, root, identity, recoveryCode } = made
  const pinned: Profile = { ...profile, pin: pinOf(state) }
  await given.store.save(pinned)
  const account: OpenAccount = { connection: signedIn, store: given.store, profile: pinned, owner, root, identity, state }
  await ensureRecoveryWrap(account, made.sent.wraps)
  return { account, recoveryCode }
}

/** What the device keeps of the account that it has just made. The log is not pinned yet. */
export function firstProfile(
  origin: string,
  email: string,
  { owner, identity, device }: Pick<MadeAccount, 'owner' | 'identity' | 'device'>,
  { serverPublicKey }: Pick<Profile, 'serverPublicKey'>,
  { token }: SessionGiven,
): Profile {
  const listSeen = remember(new Map(), 'device-list', [[owner.userId, 1]])
  return {
    origin,
    email,
    userId: owner.userId,
    enterprise: owner.enterprise,
    identity: identity.public,
    serverPublicKey,
    device,
    token,
    pin: null,
    // Who has no password yet has seen none.
    seen: remember(listSeen, 'user-root-password', serverPublicKey === null ? [] : [[owner.userId, 1]]),
    firstUse: new Map(),
  }
}
