import type { HeldKeyWrap, SealedIdentity } from '@claviger/contract/envelopes.ts'
import { appendVerified, type VerifiedAppend } from '../enterprise-log/append.ts'
import { keepHeldKeys } from '../enterprise-log/held-keys.ts'
import { AppError } from '../errors.ts'
import type { AcceptableInvitation } from '../invitations/accept.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { textKey } from '../storage/text-key.ts'

/**
 * Refuses first entries of an enterprise log that are not this user's, or leave the enterprise without the keys that
 * approving and recovering need: nobody could add them who has not set up. @throws AppError `invalid_value`
 */
export function requireFounding(
  { bodies, state }: VerifiedAppend,
  { userId, email }: AcceptableInvitation,
  identity: SealedIdentity,
  heldKeys: readonly HeldKeyWrap[],
): void {
  const [genesis] = bodies
  if (genesis?.kind !== 'genesis' || genesis.userId !== userId || textKey(genesis.email) !== textKey(email)) {
    throw wrong('The enterprise log does not begin with the genesis of who sets up.')
  }
  const { signingKey, encryptionKey } = genesis.identity
  if (signingKey !== identity.signingKey || encryptionKey !== identity.encryptionKey)
    throw wrong('The genesis has other keys than the account.')
  if (state.administrators.size !== 1 || state.certificates.size !== 1)
    throw wrong('At set-up the log names its first administrator alone.')
  if (state.approverKeys.length !== 1 || state.recoveryKeys.length !== 1) {
    throw wrong('The log needs the first approver key and the first recovery key.')
  }
  const held = heldKeys.filter(({ holderId, epoch }) => holderId === userId && epoch === 1).map(({ key }) => key)
  if (held.toSorted().join() !== 'approver-key,recovery-key') throw wrong('The wraps of approver key and recovery key are missing.')
}

/**
 * Gives the enterprise its log, for who has an account since a moment ago. Its row decides between two who set up at once.
 * @throws AppError `conflict` where it has one, `forbidden` where this is not its administrator any more
 */
export async function foundEnterprise(
  trx: Trx,
  append: VerifiedAppend,
  userId: string,
  heldKeys: readonly HeldKeyWrap[],
  at: Millis,
): Promise<void> {
  const { enterpriseId, state } = append
  const founded = await trx
    .updateTable('enterprises')
    .set({ log_id: state.enterprise })
    .where('id', '=', enterpriseId)
    .where('log_id', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (!founded) throw new AppError('conflict', 'Somebody else has set this enterprise up at this moment: start again with the same link.')
  await requireRootAdministrator(trx, userId)
  await appendVerified(trx, append, `user:${userId}`, at)
  await keepHeldKeys(trx, state, enterpriseId, heldKeys)
  // The genesis is a certificate too.
  await trx.updateTable('accounts').set({ certified: 1 }).where('user_id', '=', userId).execute()
  await announce(trx, { enterpriseId, kind: 'enterprise', subjectId: enterpriseId, at })
}

async function requireRootAdministrator(trx: Trx, userId: string) {
  const role = await trx
    .selectFrom('administrators')
    .innerJoin('nodes', 'nodes.id', 'administrators.node_id')
    .select('role')
    .where('administrators.user_id', '=', userId)
    .where('nodes.parent_id', 'is', null)
    .where('role', '=', 'full')
    .executeTakeFirst()
  if (!role) throw new AppError('forbidden', 'Only a full administrator of the whole enterprise sets it up.')
}

function wrong(why: string): AppError {
  return new AppError('invalid_value', `${why} Nothing was set up: try again, with a client of this version.`)
}
