import { FolderKeyWrap, type FolderWay } from '@claviger/contract/api/vault.ts'
import { readGrant } from '@claviger/contract/grant.ts'
import { TeamId } from '@claviger/contract/ids.ts'
import type { FolderRole, GranteeKind } from '../storage/vault-tables.ts'

/** A row of folder_access as it is read. */
export interface AccessRow {
  grantee_kind: GranteeKind
  grantee_id: string
  grantee_epoch: number
  role: FolderRole
  key_grant: string
}

/** The way to a folder's key that a row of access is. An owner may have been granted the key by somebody else. */
export function wayOf(row: AccessRow): FolderWay {
  const wrap = FolderKeyWrap.parse(JSON.parse(row.key_grant))
  if ('sealed' in wrap) return { kind: 'own', wrap }
  if (row.grantee_kind !== 'team') return { kind: 'user', grant: wrap }
  return { kind: 'team', teamId: TeamId.parse(row.grantee_id), teamEpoch: row.grantee_epoch, grant: wrap }
}

/** The ids of the people who granted these ways. */
export function grantersOf(ways: readonly FolderWay[]): string[] {
  const granters = ways.flatMap((way) => (way.kind === 'own' ? [] : [readGrant(way.grant).by]))
  return [...new Set(granters.flatMap(({ kind, id }) => (kind === 'user' ? [id] : [])))]
}
