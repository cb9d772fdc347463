import { ContractError } from '@claviger/contract/errors.ts'
import type { FolderId, TeamId, UserId } from '@claviger/contract/ids.ts'
import { ApiError } from '../api/call.ts'
import { ClientError } from '../errors.ts'

export interface NamedTeam {
  readonly teamId: TeamId
  readonly teamName: string
}

export interface NamedUser {
  readonly userId: UserId
  readonly email: string
}

export type NamedMembership = NamedTeam & NamedUser

/** Something that waits on. `code`: of the error that stood in the way, or of the server's outcome; `no-key` where the approver has none. */
export interface Skipped {
  readonly what: 'person' | 'team' | 'approvers' | 'rotation' | 'membership' | 'folder'
  readonly teamId?: TeamId
  readonly userId?: UserId
  readonly folderId?: FolderId
  /** What they are called, where that is known. */
  readonly teamName?: string
  readonly email?: string
  readonly code: string
  readonly why: string
}

/** What an approver did, or in a dry run would do. */
export interface ApprovalReport {
  readonly certified: NamedUser[]
  readonly approvedTeams: NamedTeam[]
  readonly rotated: NamedTeam[]
  readonly approved: NamedMembership[]
  readonly renewed: NamedMembership[]
  /** How many folders got another key. */
  rotatedFolders: number
  readonly skipped: Skipped[]
}

export function emptyReport(): ApprovalReport {
  return { certified: [], approvedTeams: [], rotated: [], approved: [], renewed: [], rotatedFolders: 0, skipped: [] }
}

/**
 * The refusal of one thing, so that the others go on: by the client, the contract or the server.
 * @throws what it is given, where it is no such refusal or says that no request gets through
 */
export function refusalOf(error: unknown): Pick<Skipped, 'code' | 'why'> {
  const isUseless = error instanceof ClientError && (error.code === 'unreachable' || error.code === 'signed_out')
  const isForAll = error instanceof ApiError && (error.status === 401 || error.status === 429 || error.status >= 500)
  const isRefusal = error instanceof ClientError || error instanceof ContractError || error instanceof ApiError
  if (!isRefusal || isUseless || isForAll) throw error
  return { code: error.code, why: error.message }
}

/** Why a key that should be given on is not there. */
export const noKey: Pick<Skipped, 'code' | 'why'> = {
  code: 'no-key',
  why: 'You do not hold the newest key of this team: somebody who does must admit you first.',
}
