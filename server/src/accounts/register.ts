import type { SessionGiven } from '@claviger/contract/api/sessions.ts'
import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { LogEntry } from '@claviger/contract/log/entry.ts'
import { type VerifiedAppend, verifyAppend } from '../enterprise-log/append.ts'
import { AppError } from '../errors.ts'
import { type AcceptableInvitation, acceptInvitation } from '../invitations/accept.ts'
import { createSession } from '../sessions/sessions.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { createAccount } from './create.ts'
import { type CheckedAccount, checkNewAccount, type NewAccount } from './new-account.ts'
import { foundEnterprise, requireFounding } from './set-up.ts'

/** A registration in which everything belongs together. */
export interface CheckedRegistration {
  readonly invitation: AcceptableInvitation
  readonly account: CheckedAccount
  /** null: the enterprise is set up already. */
  readonly founding: { append: VerifiedAppend; heldKeys: readonly HeldKeyWrap[] } | null
}

/** What a device sends to register. */
export interface GivenRegistration extends Omit<NewAccount, 'userId' | 'enterpriseId' | 'enterprise'> {
  readonly entries: readonly LogEntry[]
  readonly heldKeys: readonly HeldKeyWrap[]
}

/**
 * Checks a registration before its transaction.
 * @throws AppError `invalid_value` for what does not belong together, `conflict` where somebody set up meanwhile, `forbidden`
 */
export async function checkRegistration(db: Db, invitation: AcceptableInvitation, given: GivenRegistration): Promise<CheckedRegistration> {
  const { entries, heldKeys, ...rest } = given
  const { userId, enterpriseId, enterprise } = invitation
  if (enterprise !== null) {
    if (entries.length > 0 || heldKeys.length > 0)
      throw new AppError('conflict', 'This enterprise was set up meanwhile: start again with the same link.')
    return { invitation, account: await checkNewAccount({ ...rest, userId, enterpriseId, enterprise }), founding: null }
  }
  const append = await verifyAppend(db, { kind: 'user', userId, enterpriseId }, entries)
  requireFounding(append, invitation, given.identity, heldKeys)
  const account = await checkNewAccount({ ...rest, userId, enterpriseId, enterprise: append.state.enterprise })
  return { invitation, account, founding: { append, heldKeys } }
}

/**
 * Registers: account, session, and with a set-up the enterprise log, all of it or nothing.
 * @throws AppError `conflict` where the link was used, or somebody else set up, at the same time
 */
export async function finishRegistration(
  trx: Trx,
  { invitation, account, founding }: CheckedRegistration,
  { address, agent }: { address: string; agent: string },
  at: Millis,
): Promise<SessionGiven> {
  const { userId, enterpriseId } = invitation
  await createAccount(trx, account, at)
  await acceptInvitation(trx, invitation, at)
  if (founding !== null) await foundEnterprise(trx, founding.append, userId, founding.heldKeys, at)
  return createSession(trx, { userId, enterpriseId, deviceId: account.device.id, address, agent }, at)
}
