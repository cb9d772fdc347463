import { readGrant } from '@claviger/contract/grant.ts'
import { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { AppError } from '../errors.ts'
import type { Db } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import type { FolderRole } from '../storage/vault-tables.ts'
import { type ApprovingCaller, approvedNodes, requireLog } from './caller.ts'
import { teamsHeldBy } from './held-teams.ts'

/** A folder's newest key as a team has it: of the newest epoch of the team that was given it. */
export interface SharedFolder {
  readonly folderId: string
  readonly folderEpoch: number
  readonly teamEpoch: number
  readonly role: FolderRole
  readonly grant: SignedStatement
}

const selectAccess = prepare<{ teamId: string }>()((db, p) =>
  db
    .selectFrom('folder_access as a')
    .innerJoin('folders as f', 'f.id', 'a.folder_id')
    .select(['a.folder_id', 'a.folder_epoch', 'a.grantee_epoch', 'a.role', 'a.key_grant'])
    .where('a.grantee_kind', '=', 'team')
    .where('a.grantee_id', '=', p.teamId)
    .whereRef('a.folder_epoch', '=', 'f.key_epoch')
    .orderBy('a.folder_id')
    .orderBy('a.grantee_epoch'),
)

/** The folders that are shared with a team, those in the bin too: whoever takes one out again finds it shared as it was. */
export async function selectTeamFolders(db: Db, teamId: string): Promise<SharedFolder[]> {
  const { rows } = await selectAccess(db, { teamId })
  const folders = new Map<string, SharedFolder>()
  for (const { folder_id: folderId, folder_epoch: folderEpoch, grantee_epoch: teamEpoch, role, key_grant: text } of rows) {
    folders.set(folderId, { folderId, folderEpoch, teamEpoch, role, grant: SignedStatement.parse(JSON.parse(text)) })
  }
  return [...folders.values()]
}

/** Public keys of a user, as their account has them. */
export interface Offered {
  readonly userId: string
  readonly identity: { readonly signingKey: string; readonly encryptionKey: string; readonly keyBinding: string }
}

/**
 * What the team's next key must be given the keys of, and the public keys of the people who gave them.
 * @throws AppError `not_found`, `forbidden`
 */
export async function readTeamFolders(
  db: Db,
  caller: ApprovingCaller,
  teamId: string,
): Promise<{ folders: SharedFolder[]; people: Offered[] }> {
  const team = await db
    .selectFrom('teams')
    .select(['node_id', 'name'])
    .where('id', '=', teamId)
    .where('enterprise_id', '=', caller.enterpriseId)
    .where('archived_at', 'is', null)
    .executeTakeFirst()
  if (!team) throw new AppError('not_found', `There is no team ${teamId}: the directory may have taken it away meanwhile.`)
  const nodes = await approvedNodes(db, caller, await requireLog(db, caller), ['teams'])
  if (!nodes.has(team.node_id) && !(await teamsHeldBy(db, caller, [teamId])).has(teamId)) {
    throw new AppError('forbidden', `You hold no key of the team ${team.name}.`)
  }
  const folders = await selectTeamFolders(db, teamId)
  const granters = folders.flatMap(({ grant }) => {
    const { by } = readGrant(grant)
    return by.kind === 'user' ? [by.id] : []
  })
  return { folders, people: await offeredKeys(db, granters) }
}

const selectKeys = prepare<{ userIds: string }>()((db, p, dialect) =>
  db
    .selectFrom('accounts')
    .select(['user_id', 'signing_key', 'encryption_key', 'key_binding'])
    .where('user_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.userIds)).select('ids.value')),
)

async function offeredKeys(db: Db, userIds: readonly string[]): Promise<Offered[]> {
  const { rows } = await selectKeys(db, { userIds: JSON.stringify([...new Set(userIds)]) })
  return rows.map((row) => ({
    userId: row.user_id,
    identity: { signingKey: row.signing_key, encryptionKey: row.encryption_key, keyBinding: row.key_binding },
  }))
}
