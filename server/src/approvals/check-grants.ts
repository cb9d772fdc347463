import { fromBase64url } from '@claviger/contract/bytes.ts'
import { ContractError } from '@claviger/contract/errors.ts'
import { type GrantStatement, readGrant } from '@claviger/contract/grant.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { SigningKey, signatureChecker } from '@claviger/contract/public-keys.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { AppError } from '../errors.ts'
import type { Db } from '../storage/database.ts'
import { type ApprovingCaller, automatorOf } from './caller.ts'

/** A grant that the caller signed, for this enterprise. `text` is what is stored and given out. */
export interface CheckedGrant<Said extends GrantStatement = GrantStatement> {
  readonly said: Said
  readonly text: string
}

/**
 * Checks grants before the transaction that keeps them: shape, signature by the caller's key, `by`, enterprise, and for a
 * team's key that it is one that the log has. What they are for, and whether the caller may, is to be seen there.
 * @throws AppError `invalid_value` with the first that is wrong, `forbidden` for a caller whose keys are not known
 */
export async function checkGrants(
  db: Db,
  caller: ApprovingCaller,
  log: LogState,
  grants: readonly SignedStatement[],
): Promise<CheckedGrant[]> {
  if (grants.length === 0) return []
  const isSigned = await signatureChecker(await signingKeyOf(db, caller, log))
  return Promise.all(
    grants.map(async (grant) => {
      const said = read(grant)
      if (said.enterprise !== log.enterprise) throw wrong('is for another enterprise')
      const id = caller.kind === 'user' ? caller.userId : caller.automatorId
      if (said.by.kind !== caller.kind || said.by.id !== id) throw wrong('names somebody else than you as who gives the key')
      if (!(await isSigned('grant', fromBase64url(grant.statement), grant.signature))) throw wrong('is not signed with your key')
      if (said.kind === 'team-key' && log.teamKeys.get(said.teamId)?.[said.epoch - 1] !== said.teamKey) {
        throw wrong(`is for a key that the log does not have as epoch ${said.epoch} of the team`)
      }
      return { said, text: JSON.stringify(grant) }
    }),
  )
}

/** The same of one. @throws AppError `invalid_value`, `forbidden` */
export async function checkGrant(db: Db, caller: ApprovingCaller, log: LogState, grant: SignedStatement): Promise<CheckedGrant> {
  const [checked] = await checkGrants(db, caller, log, [grant])
  return checked ?? Promise.reject(wrong('is missing'))
}

/** The same, of grants that must all be of a team's key. @throws AppError `invalid_value`, `forbidden` */
export async function checkTeamGrants(
  db: Db,
  caller: ApprovingCaller,
  log: LogState,
  grants: readonly SignedStatement[],
): Promise<CheckedGrant<Extract<GrantStatement, { kind: 'team-key' }>>[]> {
  return (await checkGrants(db, caller, log, grants)).map(({ said, text }) => {
    if (said.kind !== 'team-key') throw wrong('is not of a team’s key')
    return { said, text }
  })
}

/** The refusal of a grant. */
export function wrong(why: string): AppError {
  return new AppError('invalid_value', `A grant ${why}: read what waits for approval again, and sign anew.`)
}

async function signingKeyOf(db: Db, caller: ApprovingCaller, log: LogState): Promise<SigningKey> {
  if (caller.kind === 'automator') {
    const automator = automatorOf(log, caller.automatorId)
    if (automator === undefined) throw new AppError('forbidden', 'The log does not have this automator any more: enrol it again.')
    return automator.identity.signingKey
  }
  const account = await db.selectFrom('accounts').select('signing_key').where('user_id', '=', caller.userId).executeTakeFirst()
  if (!account) throw new AppError('forbidden', 'You have no account keys yet: finish your registration first.')
  return SigningKey.parse(account.signing_key)
}

function read(grant: SignedStatement): GrantStatement {
  try {
    return readGrant(grant)
  } catch (error) {
    if (error instanceof ContractError) throw new AppError('invalid_value', error.message, { cause: error })
    throw error
  }
}
