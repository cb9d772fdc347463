import { finishRegistration } from '@claviger/contract/api/accounts.ts'
import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { LogEntry } from '@claviger/contract/log/entry.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { makeApproverKey, wrapApproverKey } from '../keys/approver-key.ts'
import type { Identity } from '../keys/identity.ts'
import { certifiedUser } from '../keys/recipients.ts'
import { makeRecoveryKey, wrapRecoveryKey } from '../keys/recovery-key.ts'
import { stateAll } from '../log/append.ts'
import { pinOf } from '../log/log-pin.ts'
import { asAdministrator, stateGenesis } from '../log/log-statements.ts'
import { beginRegistration, makeAccount, makeIdentityFor, type Registered, type Registering } from './new-account.ts'
import type { OpenAccount } from './open-account.ts'
import { ensureRecoveryWrap } from './recovery-wrap.ts'
import { firstProfile } from './register.ts'

/**
 * Sets an enterprise up: founds its log, makes the approver key and the recovery key, and makes the account of the first
 * administrator, on this device. One request carries it all, so that no half of it can stay.
 * @throws ClientError `weak_password`, `unexpected_answer` where it is set up already; ApiError where the link opens nothing (any more)
 */
export async function setUp(given: Registering): Promise<Registered> {
  const begun = await beginRegistration(given)
  const { connection, invitation } = begun
  const { email, enterpriseName } = invitation
  if (invitation.purpose !== 'setup')
    throw new ClientError('unexpected_answer', `${enterpriseName} is set up already: register with this link.`)
  const identity = await makeIdentityFor(begun)
  const { entries, state, heldKeys } = await foundLog(identity, email, given.at ?? Date.now())
  const owner = { enterprise: state.enterprise, userId: identity.userId }
  const { registrationRecord, ...opaque } = begun.finish(owner)
  const { root, device, recoveryCode, sent } = await makeAccount(state.enterprise, identity, opaque.passwordKey, given)
  const session = await call(connection, finishRegistration, { token: given.token, registrationRecord, ...sent, entries, heldKeys })
  const profile = { ...firstProfile(given.origin, email, { owner, identity, device }, opaque, session), pin: pinOf(state) }
  await given.store.save(profile)
  const account: OpenAccount = {
    connection: { ...connection, token: session.token },
    store: given.store,
    profile,
    owner,
    root,
    identity,
    state,
  }
  await ensureRecoveryWrap(account, sent.wraps)
  return { account, recoveryCode }
}

/**
 * The first entries of an enterprise's log: the genesis, the approver key, the recovery key, and the policy that a user root
 * is wrapped for it. `at`: milliseconds.
 */
export async function foundLog(
  first: Identity,
  email: string,
  at: number,
): Promise<{ entries: LogEntry[]; state: LogState; heldKeys: HeldKeyWrap[] }> {
  const genesis = await stateGenesis(first, email, at)
  const [approverKey, recoveryKey] = [await makeApproverKey(1), await makeRecoveryKey(1)]
  const { entries, state } = await stateAll(
    genesis.state,
    asAdministrator(first),
    [
      { kind: 'approver-key', epoch: 1, publicKey: approverKey.encryption.public },
      { kind: 'recovery-key', epoch: 1, publicKey: recoveryKey.encryption.public },
      { kind: 'policy-set', policy: { autoApproval: 'verified-members', recovery: true } },
    ],
    at,
  )
  const self = certifiedUser(state, first.userId)
  const heldKeys = [await wrapApproverKey(state, approverKey, self), await wrapRecoveryKey(state, recoveryKey, self)]
  return { entries: [genesis.entry, ...entries], state, heldKeys }
}
