import type { TeamKeyGrant } from '@claviger/contract/grant.ts'
import type { StatementOf } from '@claviger/contract/log/statement.ts'
import { record } from '../audit/record.ts'
import { appendVerified, type VerifiedAppend } from '../enterprise-log/append.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import { type ApprovingCaller, approvedNodes } from './caller.ts'
import { type CheckedGrant, wrong } from './check-grants.ts'
import { takeGrants } from './grant-memberships.ts'
import { type HeldTeam, holdTeam, teamsHeldBy } from './held-teams.ts'
import { selectTeamFolders } from './team-folders.ts'
import { keepApproverGrant, readTeamKeyEntry, requireForApprovers } from './team-key-entry.ts'

/** A team's next key, and everything that goes with it. Its grants were checked (check-grants.ts). */
export interface Rotation {
  readonly teamId: string
  readonly append: VerifiedAppend
  readonly grant: CheckedGrant
  readonly own: CheckedGrant<TeamKeyGrant> | null
  readonly folderGrants: readonly CheckedGrant[]
  /** Folders whose key the caller could not open: they wait for who shared them. */
  readonly unopened: readonly string[]
}

/**
 * Gives a team its next key, all in one: the log has it, approvers (and the member who made it) hold it, the team's folders
 * open with it, and each of those is due for a key that the leaver never saw. Members follow by renewal.
 * @throws AppError `not_found`, `forbidden`, `invalid_value`; `conflict` where log, team or folders changed meanwhile
 */
export async function rotateTeam(trx: Trx, caller: ApprovingCaller, rotation: Rotation, at: Millis): Promise<void> {
  const { teamId, append, grant, own, folderGrants } = rotation
  const key = readTeamKeyEntry(append, teamId)
  const team = await holdTeam(trx, caller.enterpriseId, teamId)
  await requireMayRotate(trx, caller, append, team, own)
  if (team.status !== 'active' || key.epoch !== team.keyEpoch + 1) {
    throw new AppError('conflict', `The team ${team.name} has another key by now: read what waits for approval again.`)
  }
  requireForApprovers(grant, append.state, key)
  await appendVerified(trx, append, caller.actor, at)
  await trx.updateTable('teams').set({ key_epoch: key.epoch, rotation_due: 0 }).where('id', '=', teamId).execute()
  await keepApproverGrant(trx, grant, at)
  if (own !== null) {
    const [result] = await takeGrants(trx, caller, new Map([[teamId, { ...team, keyEpoch: key.epoch }]]), [own], at)
    if (result?.outcome !== 'renewed') throw wrong('of the new key is not for yourself as a member')
  }
  const folders = await giveFolders(trx, rotation, key, at)
  const { enterpriseId, actor } = caller
  const detail = { epoch: key.epoch, folders: folderGrants.length, unopened: rotation.unopened.length }
  await record(trx, { enterpriseId, at, actor, action: 'team.rotated', subjectKind: 'team', subjectId: teamId, detail })
  await Promise.all([
    announce(trx, { enterpriseId, kind: 'team', subjectId: teamId, at }),
    ...folders.map((folderId) => announce(trx, { enterpriseId, kind: 'folder', subjectId: folderId, at })),
  ])
}

async function requireMayRotate(
  trx: Trx,
  caller: ApprovingCaller,
  { state }: VerifiedAppend,
  team: HeldTeam,
  own: Rotation['own'],
): Promise<void> {
  if ((await approvedNodes(trx, caller, state, ['teams'])).has(team.nodeId)) return
  // The log shows that a member was let in, not that they still are: that is checked here, under the team's lock.
  if (!(await teamsHeldBy(trx, caller, [team.id])).has(team.id)) {
    throw new AppError(
      'forbidden',
      `You may not renew the key of the team ${team.name}: it takes an administrator of its node who may approve, an automator, or a member who holds its newest key.`,
    )
  }
  if (!team.rotationDue) throw new AppError('conflict', `The team ${team.name} is not due for another key.`)
  if (own === null) throw wrong('of the new key to yourself is missing')
}

const markFolders = prepare<{ folderIds: string }>()((db, p, dialect) =>
  db
    .updateTable('folders')
    // The revision tells a rotation of the folder that is under way that its grantees have changed.
    .set((eb) => ({ rotation_due: 1, revision: eb('revision', '+', 1) }))
    .where('id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.folderIds)).select('ids.value')),
)

/** @returns the ids of the team's folders */
async function giveFolders(trx: Trx, { teamId, folderGrants, unopened }: Rotation, key: StatementOf<'team-key'>, at: Millis) {
  const before = await selectTeamFolders(trx, teamId)
  const folderIds = before.map(({ folderId }) => folderId)
  await markFolders(trx, { folderIds: JSON.stringify(folderIds) })
  // Read again, now that the folders are held: their keys may have changed in between.
  const shared = new Map((await selectTeamFolders(trx, teamId)).map((folder) => [folder.folderId, folder]))
  const given = new Map(folderGrants.map((grant) => [requireFolderGrant(grant, key), grant]))
  const answered = new Set([...given.keys(), ...unopened])
  const complete = answered.size === shared.size && folderGrants.length + unopened.length === shared.size
  if (!complete || [...shared.keys()].some((id) => !answered.has(id) || !folderIds.includes(id))) throw foldersChanged()
  const rows = [...given].map(([folderId, { said, text }]) => {
    const folder = shared.get(folderId)
    if (folder === undefined || folder.folderEpoch !== said.epoch) throw foldersChanged()
    return {
      folder_id: folderId,
      grantee_kind: 'team' as const,
      grantee_id: teamId,
      grantee_epoch: key.epoch,
      folder_epoch: said.epoch,
      role: folder.role,
      key_grant: text,
      created_at: at,
    }
  })
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await trx
      .insertInto('folder_access')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .execute()
  }
  return folderIds
}

const ROWS_AT_ONCE = 500

function requireFolderGrant({ said }: CheckedGrant, { teamId, epoch, publicKey }: StatementOf<'team-key'>): string {
  const { to } = said
  const fits = said.kind === 'folder-key' && to.kind === 'team' && to.id === teamId && to.epoch === epoch && to.encryptionKey === publicKey
  if (!fits) throw wrong('of a folder’s key is not for the team’s new key')
  return said.folderId
}

function foldersChanged(): AppError {
  return new AppError(
    'conflict',
    'The folders that are shared with the team changed meanwhile: read them again, and give them all the new key.',
  )
}
