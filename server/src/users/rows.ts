import { showsNames } from '../enterprises/settings.ts'
import { type InvitationState, invitationStates } from '../invitations/states.ts'
import type { Db, Millis, UserStatus } from '../storage/database.ts'
import { fewTeamsOfUsers } from '../teams/few-of-users.ts'
import { namesOf } from './names.ts'

export type UserFlag = 'email-differs' | 'invitation-failed' | 'invitation-expired'

/** A user as the console shows them in a list. */
export interface UserRow {
  userId: string
  email: string
  /** Only where the enterprise shows names, and only where the directory sent one. */
  name?: string
  status: UserStatus | 'deleted'
  nodeId: string
  nodeName: string
  teams: { teamId: string; name: string }[]
  teamCount: number
  lastSeenAt: Millis | null
  createdAt: Millis
  registeredAt: Millis | null
  deletedAt: Millis | null
  flags: UserFlag[]
  invitation: InvitationState | null
  verified: boolean
}

/** Teams that a row names. */
const TEAMS_SHOWN = 5

/** What is shown of these users, in the order of the ids; who is gone meanwhile is left out. */
export async function readUserRows(db: Db, enterpriseId: string, userIds: readonly string[], at: Millis): Promise<UserRow[]> {
  if (userIds.length === 0) return []
  const names = await showsNames(db, enterpriseId)
  const [rows, teams, invitations, seen] = await Promise.all([
    selectRows(db, userIds, names),
    fewTeamsOfUsers(db, userIds, TEAMS_SHOWN),
    invitationStates(db, userIds, at),
    lastSeen(db, userIds),
  ])
  const byId = new Map(rows.map((row) => [row.id, row]))
  return userIds.flatMap((userId) => {
    const row = byId.get(userId)
    if (row === undefined) return []
    const ofTeams = teams.get(userId)
    const invitation = answered(invitations.get(userId), row.registered_at !== null)
    const name = row.resource === null ? null : nameOf(row.display_name, row.resource)
    return {
      userId,
      email: row.email,
      ...(name !== null && { name }),
      status: row.deleted_at === null ? row.status : ('deleted' as const),
      nodeId: row.node_id,
      nodeName: row.nodeName,
      teams: (ofTeams?.teams ?? []).map(({ id: teamId, name: team }) => ({ teamId, name: team })),
      teamCount: ofTeams?.count ?? 0,
      lastSeenAt: seen.get(userId) ?? null,
      createdAt: row.created_at,
      registeredAt: row.registered_at,
      deletedAt: row.deleted_at,
      flags: flagsOf(row.email_differs === 1, row.status === 'invited' ? invitation : null),
      invitation,
      verified: row.certified === 1,
    }
  })
}

/** Who registered by another way than its link, through the directory, answers the invitation too. */
function answered(invitation: InvitationState | undefined, registered: boolean): InvitationState | null {
  if (invitation === undefined || !registered) return invitation ?? null
  return { ...invitation, state: 'accepted', lastError: null }
}

function flagsOf(emailDiffers: boolean, invitation: InvitationState | null): UserFlag[] {
  const flags: (UserFlag | false)[] = [
    emailDiffers && 'email-differs',
    invitation?.state === 'failed' && 'invitation-failed',
    invitation?.state === 'expired' && 'invitation-expired',
  ]
  return flags.filter((flag) => flag !== false)
}

function nameOf(displayName: string | null, resource: string): string | null {
  const { firstName, lastName } = namesOf(resource)
  const full = [firstName, lastName].filter((part) => part !== null).join(' ')
  return full === '' ? displayName : full
}

/** Names are not even read where they are not shown. */
function selectRows(db: Db, userIds: readonly string[], names: boolean) {
  return db
    .selectFrom('users as u')
    .innerJoin('nodes as n', 'n.id', 'u.node_id')
    .leftJoin('accounts as a', 'a.user_id', 'u.id')
    .select(['u.id', 'u.email', 'u.status', 'u.node_id', 'u.created_at', 'u.registered_at', 'u.deleted_at', 'u.email_differs'])
    .select(['n.name as nodeName', 'a.certified'])
    .select((eb) => [
      (names ? eb.ref('u.display_name') : eb.val<string | null>(null)).as('display_name'),
      (names ? eb.ref('u.resource') : eb.val<string | null>(null)).as('resource'),
    ])
    .where('u.id', 'in', userIds)
    .execute()
}

/** Sessions are removed some time after they end; a device keeps when it was last used. */
async function lastSeen(db: Db, userIds: readonly string[]): Promise<Map<string, Millis>> {
  const [devices, sessions] = await Promise.all([
    db
      .selectFrom('devices')
      .select(({ fn }) => ['user_id', fn.max('seen_at').as('at')])
      .where('user_id', 'in', userIds)
      .groupBy('user_id')
      .execute(),
    db
      .selectFrom('sessions')
      .select(({ fn }) => ['user_id', fn.max('used_at').as('at')])
      .where('user_id', 'in', userIds)
      .where('ended_at', 'is', null)
      .groupBy('user_id')
      .execute(),
  ])
  const seen = new Map<string, Millis>()
  for (const { user_id: userId, at } of [...devices, ...sessions]) seen.set(userId, Math.max(at, seen.get(userId) ?? 0))
  return seen
}
