import { fromBase64url } from '@claviger/contract/bytes.ts'
import { ContractError } from '@claviger/contract/errors.ts'
import { type FolderKeyGrant, readGrant } from '@claviger/contract/grant.ts'
import { type EnterpriseLogId, FolderId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { isSignedBy, SigningKey } from '@claviger/contract/public-keys.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { currentLog } from '../enterprise-log/state.ts'
import { AppError } from '../errors.ts'
import type { Db } from '../storage/database.ts'

/** Who may grant: a person, or an automator of the log. */
export type Granting =
  | { readonly kind: 'user'; readonly userId: string; readonly enterpriseId: string; readonly enterprise: EnterpriseLogId }
  | { readonly kind: 'automator'; readonly automatorId: string; readonly enterpriseId: string; readonly enterprise: EnterpriseLogId }

declare const checked: unique symbol

/** A folder's key for a person or a team: signed by the caller, to the keys that the grantee has. Minted only here. */
export interface CheckedGrant {
  readonly [checked]: true
  readonly signed: SignedStatement
  readonly folderId: string
  /** Of the folder's key. */
  readonly epoch: number
  readonly to: { readonly kind: 'user' | 'team'; readonly id: string /** Of a team's key; 0 for people. */; readonly epoch: number }
}

/**
 * Checks grants of a folder's key before the transaction that takes them. What the server cannot check is what is sealed in
 * them; that they are from the caller and to nobody's other keys, it can, and every reader does again.
 * @throws AppError `invalid_value` naming what is wrong, `conflict` where a team has a newer key
 */
export async function checkGrants(
  db: Db,
  by: Granting,
  wanted: { folderId: string; epoch: number },
  grants: readonly SignedStatement[],
): Promise<CheckedGrant[]> {
  const log = await currentLog(db, by.enterpriseId)
  if (log === null) throw new AppError('conflict', 'This enterprise is not set up yet.')
  const signingKey = await signingKeyOf(db, by, log)
  const said = await Promise.all(grants.map((grant) => readSigned(grant, by, signingKey, wanted)))
  const people = await encryptionKeysOf(db, by.enterpriseId, said)
  return said.map((grant, at) => checkRecipient(grant, grants[at], log, people))
}

async function readSigned(
  grant: SignedStatement,
  by: Granting,
  signingKey: SigningKey,
  wanted: { folderId: string; epoch: number },
): Promise<FolderKeyGrant> {
  const said = readOrRefuse(grant)
  const own = by.kind === 'user' ? by.userId : by.automatorId
  if (said.by.kind !== by.kind || said.by.id !== own) throw wrong('it is not by whoever submits it')
  if (said.enterprise !== by.enterprise) throw wrong('it is for another enterprise')
  if (said.folderId !== FolderId.parse(wanted.folderId) || said.epoch !== wanted.epoch) throw wrong('it is for another folder or epoch')
  if (!(await isSignedBy(signingKey, 'grant', fromBase64url(grant.statement), grant.signature)))
    throw wrong('its signature does not verify')
  return said
}

function readOrRefuse(grant: SignedStatement): FolderKeyGrant {
  try {
    const said = readGrant(grant)
    if (said.kind === 'folder-key') return said
  } catch (error) {
    if (!(error instanceof ContractError)) throw error
  }
  throw wrong('it does not give a folder’s key')
}

function checkRecipient(
  { folderId, epoch, to }: FolderKeyGrant,
  signed: SignedStatement | undefined,
  log: LogState,
  people: ReadonlyMap<string, string>,
): CheckedGrant {
  if (to.kind === 'team') {
    const keys = log.teamKeys.get(to.id) ?? []
    if (keys.length !== to.epoch)
      throw new AppError('conflict', `Epoch ${to.epoch} is not the newest key of the team ${to.id}: sync first.`)
    if (keys.at(-1) !== to.encryptionKey) throw wrong(`the log has another key of the team ${to.id}`)
    return { signed, folderId, epoch, to: { kind: 'team', id: to.id, epoch: to.epoch } } as unknown as CheckedGrant
  }
  if (to.kind !== 'user') throw wrong('folders are shared with people and teams')
  if (people.get(to.id) !== to.encryptionKey) throw wrong(`the user ${to.id} has other keys, or none`)
  return { signed, folderId, epoch, to: { kind: 'user', id: to.id, epoch: 0 } } as unknown as CheckedGrant
}

async function encryptionKeysOf(db: Db, enterpriseId: string, grants: readonly FolderKeyGrant[]): Promise<ReadonlyMap<string, string>> {
  const ids = grants.flatMap(({ to }) => (to.kind === 'user' ? [to.id] : []))
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('accounts as a')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .select(['a.user_id', 'a.encryption_key'])
    .where('u.enterprise_id', '=', enterpriseId)
    .where('a.user_id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.user_id, row.encryption_key]))
}

async function signingKeyOf(db: Db, by: Granting, log: LogState): Promise<SigningKey> {
  if (by.kind === 'automator') {
    const automator = [...log.automators].find(([id]) => id === by.automatorId)?.[1]
    if (automator === undefined) throw new AppError('forbidden', 'The log has no such automator: enrol it again.')
    return automator.identity.signingKey
  }
  const account = await db.selectFrom('accounts').select('signing_key').where('user_id', '=', by.userId).executeTakeFirstOrThrow()
  return SigningKey.parse(account.signing_key)
}

function wrong(why: string): AppError {
  return new AppError('invalid_value', `A grant of a folder’s key is refused: ${why}.`)
}
