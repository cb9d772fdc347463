import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { StatementBody } from '@claviger/contract/log/statement.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { appendVerified, type VerifiedAppend } from './append.ts'
import { keepHeldKeys } from './held-keys.ts'

/** Statements that change nothing else in the store. The others go with the act that they are part of. */
const plain: ReadonlySet<StatementBody['kind']> = new Set([
  'user-certified',
  'identity-provider-pinned',
  'identity-provider-removed',
  'policy-set',
  'approver-key',
  'recovery-key',
])

/**
 * Appends statements that stand for themselves, with the wraps of the keys that they publish.
 * @throws AppError `invalid_value` for a statement that belongs to another act, or a certificate for other keys than the
 * user's account has; `conflict` where the log has grown
 */
export async function appendPlain(
  trx: Trx,
  append: VerifiedAppend,
  heldKeys: readonly HeldKeyWrap[],
  actor: string,
  at: Millis,
): Promise<void> {
  for (const body of append.bodies) {
    if (!plain.has(body.kind))
      throw new AppError('invalid_value', `A statement of the kind ${body.kind} is appended by the act it is part of.`)
    if (body.kind === 'user-certified') await requireOwnKeys(trx, append.enterpriseId, body, at)
  }
  await appendVerified(trx, append, actor, at)
  await keepHeldKeys(trx, append.state, append.enterpriseId, heldKeys)
}

type Certification = Extract<StatementBody, { kind: 'user-certified' }>

async function requireOwnKeys(trx: Trx, enterpriseId: string, { userId, identity }: Certification, at: Millis) {
  const account = await trx
    .selectFrom('accounts as a')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .select(['a.signing_key', 'a.encryption_key'])
    .where('a.user_id', '=', userId)
    .where('u.enterprise_id', '=', enterpriseId)
    .executeTakeFirst()
  if (account?.signing_key !== identity.signingKey || account.encryption_key !== identity.encryptionKey) {
    throw new AppError('invalid_value', `The user ${userId} has no account with the keys that the certificate names.`)
  }
  await trx.updateTable('accounts').set({ certified: 1 }).where('user_id', '=', userId).execute()
  // What waited for the certificate can go on.
  await announce(trx, { enterpriseId, kind: 'user', subjectId: userId, at })
}
