import type { Person, RotatedRecordKey } from '@claviger/contract/api/vault.ts'
import { SealedFolderName } from '@claviger/contract/folder-name.ts'
import { FolderId, RecordId, TeamId } from '@claviger/contract/ids.ts'
import { AesSealed } from '@claviger/contract/sealed.ts'
import { currentLog } from '../enterprise-log/state.ts'
import { AppError } from '../errors.ts'
import { administeredNodes, nodesUnder } from '../nodes/rights.ts'
import type { Db, Trx } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { lineOf } from '../storage/line.ts'
import type { Granting } from './folder-grant.ts'
import { peopleOf } from './people.ts'
import { type AccessRow, grantersOf, wayOf } from './ways.ts'

/** Folders in one answer: after them there are others. */
const MOST_DUE = 100

/**
 * The folders that wait for their next key and that the caller may give one: with the role edit in it, or as an approver of
 * a team that it is shared with. A folder waits for its teams: while one of them is due, its next key would be the leaver's.
 */
export async function dueFolders(db: Db, caller: Granting, after: string | undefined): Promise<FolderId[]> {
  const rows = await reachable(db, caller, await approvedNodes(db, caller))
    .where('f.rotation_due', '=', 1)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('folder_access as other')
            .innerJoin('teams as due', 'due.id', 'other.grantee_id')
            .select('due.id')
            .whereRef('other.folder_id', '=', 'f.id')
            .where('other.grantee_kind', '=', 'team')
            .where('due.archived_at', 'is', null)
            .where('due.rotation_due', '=', 1),
        ),
      ),
    )
    .$if(after !== undefined, (query) => query.where('f.id', '>', after ?? ''))
    .select('f.id')
    .distinct()
    .orderBy('f.id')
    .limit(MOST_DUE)
    .execute()
  return rows.map(({ id }) => FolderId.parse(id))
}

/** Everything that the next key of a folder is to be given to. @throws AppError `not_found` where the caller may not give one */
export async function readRotation(db: Db, caller: Granting, folderId: string) {
  const folder = await db
    .selectFrom('folders')
    .select(['owner_id', 'name', 'key_epoch', 'revision'])
    .where('id', '=', folderId)
    .where('enterprise_id', '=', caller.enterpriseId)
    .executeTakeFirst()
  if (folder === undefined) return notYours(folderId)
  const ways = (await waysTo(db, caller, await approvedNodes(db, caller), folderId)).map(wayOf)
  const present = await presentGrantees(db, folderId)
  const [owner] = await peopleOf(db, [folder.owner_id])
  if (owner === undefined) throw new AppError('conflict', 'The owner of this folder has no keys: transfer it first.')
  return {
    revision: folder.revision,
    epoch: folder.key_epoch,
    name: SealedFolderName.parse(JSON.parse(folder.name)),
    owner,
    ways,
    people: await everyPerson(
      db,
      present.flatMap(({ kind, id }) => (kind === 'user' && id !== folder.owner_id ? [id] : [])),
    ),
    teams: present.flatMap(({ kind, id, epoch }) => (kind === 'team' ? [{ teamId: TeamId.parse(id), epoch }] : [])),
    granters: await peopleOf(db, grantersOf(ways)),
    recordKeys: await recordKeysOf(db, folderId),
  }
}

/** The rows by which the caller may give the folder its next key. `nodes` as approvedNodes gives them. @throws AppError `not_found` without any */
export async function waysTo(db: Db | Trx, caller: Granting, nodes: readonly string[], folderId: string): Promise<AccessRow[]> {
  const rows = await reachable(db, caller, nodes)
    .where('f.id', '=', folderId)
    .select(['a.grantee_kind', 'a.grantee_id', 'a.grantee_epoch', 'a.role', 'a.key_grant'])
    .execute()
  return rows.length === 0 ? notYours(folderId) : rows
}

/** Who the folder is shared with and is there: people who are not deleted, teams that are not archived. */
export interface PresentGrantee {
  kind: 'user' | 'team'
  id: string
  /** Of the team's newest key; 0 for people. */
  epoch: number
  /** The team itself waits for a key. */
  due: boolean
}

export async function presentGrantees(db: Db | Trx, folderId: string): Promise<PresentGrantee[]> {
  const people = await db
    .selectFrom('folder_access as a')
    .innerJoin('users as u', 'u.id', 'a.grantee_id')
    .select('u.id')
    .distinct()
    .where('a.folder_id', '=', folderId)
    .where('a.grantee_kind', '=', 'user')
    .where('u.deleted_at', 'is', null)
    .execute()
  const teams = await db
    .selectFrom('folder_access as a')
    .innerJoin('teams as t', 't.id', 'a.grantee_id')
    .select(['t.id', 't.key_epoch', 't.rotation_due'])
    .distinct()
    .where('a.folder_id', '=', folderId)
    .where('a.grantee_kind', '=', 'team')
    .where('t.archived_at', 'is', null)
    .execute()
  return [
    ...people.map(({ id }) => ({ kind: 'user' as const, id, epoch: 0, due: false })),
    ...teams.map(({ id, key_epoch: epoch, rotation_due }) => ({ kind: 'team' as const, id, epoch, due: rotation_due === 1 })),
  ]
}

/** Folders of the enterprise with the rows of their newest key that let this caller renew it. */
function reachable(db: Db | Trx, caller: Granting, nodes: readonly string[]) {
  const { dialect } = lineOf(db)
  const userId = caller.kind === 'user' ? caller.userId : ''
  return db
    .selectFrom('folder_access as a')
    .innerJoin('folders as f', (join) => join.onRef('f.id', '=', 'a.folder_id').onRef('f.key_epoch', '=', 'a.folder_epoch'))
    .leftJoin('teams as t', (join) =>
      join.onRef('t.id', '=', 'a.grantee_id').on('a.grantee_kind', '=', 'team').on('t.archived_at', 'is', null),
    )
    .leftJoin('memberships as m', (join) => join.onRef('m.team_id', '=', 't.id').on('m.user_id', '=', userId).on('m.state', '=', 'active'))
    .where('f.enterprise_id', '=', caller.enterpriseId)
    .where('f.deleted_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb.and([eb('a.grantee_kind', '!=', 'team'), eb('a.grantee_id', '=', userId), eb('a.role', '!=', 'view')]),
        eb.and([eb('m.user_id', 'is not', null), eb('a.role', '!=', 'view')]),
        // Who inherited a folder may have it through a team that only reads it.
        eb.and([
          eb('f.owner_id', '=', userId),
          eb.or([eb('m.user_id', 'is not', null), eb.and([eb('a.grantee_kind', '!=', 'team'), eb('a.grantee_id', '=', userId)])]),
        ]),
        eb('t.node_id', 'in', (inner) => inner.selectFrom(idsOf(dialect, JSON.stringify(nodes))).select('ids.value')),
      ]),
    )
}

/** The nodes whose teams the caller approves. Not for use in a transaction: an automator's are read from the log. */
export async function approvedNodes(db: Db, caller: Granting): Promise<string[]> {
  if (caller.kind === 'user') return administeredNodes(db, caller.userId, 'approve')
  const log = await currentLog(db, caller.enterpriseId)
  const scope = [...(log?.automators ?? [])].find(([id]) => id === caller.automatorId)?.[1].scope
  if (scope === undefined || !(scope.rights.includes('memberships') || scope.rights.includes('teams'))) return []
  if (scope.nodes !== null) return nodesUnder(db, scope.nodes)
  const all = await db.selectFrom('nodes').select('id').where('enterprise_id', '=', caller.enterpriseId).execute()
  return all.map(({ id }) => id)
}

/** Somebody without keys cannot have been granted one; should it be so, nobody can renew the folder's key before they are gone. */
async function everyPerson(db: Db, userIds: readonly string[]): Promise<Person[]> {
  const people = await peopleOf(db, userIds)
  if (people.length === userIds.length) return people
  throw new AppError('conflict', 'The folder is shared with somebody who has no keys: take them off it first.')
}

async function recordKeysOf(db: Db, folderId: string): Promise<RotatedRecordKey[]> {
  const rows = await db
    .selectFrom('record_keys')
    .select(['record_id', 'epoch', 'sealed'])
    .where('folder_id', '=', folderId)
    .orderBy('record_id')
    .orderBy('epoch')
    .execute()
  return rows.map((row) => ({ recordId: RecordId.parse(row.record_id), epoch: row.epoch, sealed: AesSealed.parse(row.sealed) }))
}

function notYours(folderId: string): never {
  throw new AppError('not_found', `There is no folder ${folderId.slice(0, 100)} whose key you may renew.`)
}
