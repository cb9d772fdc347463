import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import type { StatementBody } from '@claviger/contract/log/statement.ts'
import { type ApprovingCaller, approvedNodes } from '../approvals/caller.ts'
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
 * @throws AppError `invalid_value` for a statement that belongs to another act, a wrap of a key that they do not publish, or
 * a certificate for other keys than the user's account has; `forbidden` for a certificate of somebody outside the caller's
 * nodes, of which the log says nothing; `conflict` where the log has grown
 */
export async function appendPlain(
  trx: Trx,
  append: VerifiedAppend,
  heldKeys: readonly HeldKeyWrap[],
  caller: ApprovingCaller,
  at: Millis,
): Promise<void> {
  const certifies = append.bodies.some(({ kind }) => kind === 'user-certified')
  const nodes = certifies ? await approvedNodes(trx, caller, append.state, ['certify']) : new Set<string>()
  for (const body of append.bodies) {
    if (!plain.has(body.kind))
      throw new AppError('invalid_value', `A statement of the kind ${body.kind} is appended by the act it is part of.`)
    if (body.kind === 'user-certified') await takeCertificate(trx, append.enterpriseId, body, nodes, at)
  }
  for (const wrap of heldKeys) requirePublished(append.bodies, wrap)
  await appendVerified(trx, append, caller.actor, at)
  await keepHeldKeys(trx, append.state, append.enterpriseId, heldKeys)
}

/** Only who makes a key has wraps of it to give here: nobody overwrites those of others with what does not open. */
function requirePublished(bodies: readonly StatementBody[], { key, epoch }: HeldKeyWrap): void {
  if (bodies.some((body) => body.kind === key && body.epoch === epoch)) return
  throw new AppError('invalid_value', `These statements publish no ${key} of epoch ${epoch}, so no wrap of it comes with them.`)
}

type Certification = Extract<StatementBody, { kind: 'user-certified' }>

async function takeCertificate(
  trx: Trx,
  enterpriseId: string,
  { userId, identity }: Certification,
  nodes: ReadonlySet<string>,
  at: Millis,
) {
  const account = await trx
    .selectFrom('accounts as a')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .select(['a.signing_key', 'a.encryption_key', 'u.node_id'])
    .where('a.user_id', '=', userId)
    .where('u.enterprise_id', '=', enterpriseId)
    .executeTakeFirst()
  if (account?.signing_key !== identity.signingKey || account.encryption_key !== identity.encryptionKey) {
    throw new AppError('invalid_value', `The user ${userId} has no account with the keys that the certificate names.`)
  }
  if (!nodes.has(account.node_id)) {
    throw new AppError('forbidden', `The user ${userId} is in a node where you may not approve: it takes an approver of that node.`)
  }
  await trx.updateTable('accounts').set({ certified: 1 }).where('user_id', '=', userId).execute()
  // What waited for the certificate can go on.
  await announce(trx, { enterpriseId, kind: 'user', subjectId: userId, at })
}
