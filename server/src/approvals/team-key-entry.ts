import type { LogState } from '@claviger/contract/log/state.ts'
import type { StatementOf } from '@claviger/contract/log/statement.ts'
import type { VerifiedAppend } from '../enterprise-log/append.ts'
import { AppError } from '../errors.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { type CheckedGrant, wrong } from './check-grants.ts'

/** The one statement of an append, which must publish a key of this team. @throws AppError `invalid_value` */
export function readTeamKeyEntry({ bodies }: VerifiedAppend, teamId: string): StatementOf<'team-key'> {
  const [body, ...more] = bodies
  if (body?.kind === 'team-key' && body.teamId === teamId && more.length === 0) return body
  throw new AppError('invalid_value', 'The entry of the log does not publish a key of this team.')
}

/**
 * Refuses a grant that does not give the newest key of its team to the holders of the newest approver key.
 * @throws AppError `invalid_value`; `conflict` while the approver key waits to be renewed
 */
export function requireForApprovers(
  { said }: CheckedGrant,
  { approverKeys, approverKeyDue, teamKeys }: LogState,
  key: { teamId: string } | null,
): void {
  if (approverKeyDue) {
    throw new AppError('conflict', 'An approver was removed, so the approver key must be renewed first: an administrator’s client does it.')
  }
  if (said.kind !== 'team-key' || (key !== null && said.teamId !== key.teamId)) throw wrong('is not of this team’s key')
  if (said.epoch !== teamKeys.get(said.teamId)?.length) throw wrong('is of an earlier key of the team')
  const { to } = said
  if (to.kind !== 'approvers' || to.epoch !== approverKeys.length || to.encryptionKey !== approverKeys.at(-1)) {
    throw wrong('is not for the newest approver key')
  }
}

/** Keeps what `requireForApprovers` let pass. @returns whether there was none for this approver key yet */
export async function keepApproverGrant(trx: Trx, { said, text }: CheckedGrant, at: Millis): Promise<boolean> {
  if (said.kind !== 'team-key' || said.to.kind !== 'approvers') throw wrong('is not for the approvers')
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('team_grants')
    .values({ team_id: said.teamId, epoch: said.epoch, approver_epoch: said.to.epoch, key_grant: text, created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}
