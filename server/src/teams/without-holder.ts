import type { Db } from '../storage/database.ts'

/** A team on which nobody who is active would hold the newest key. */
export interface TeamWithoutHolder {
  teamId: string
  name: string
  /** Whether an active administrator or an automator can still open the key, and so admit people and renew it. */
  approversHold: boolean
}

/**
 * The teams on which this user is the only active one who holds the newest key: what a lock or removal of the user would
 * leave with nobody, or with approvers alone. A warning, not a bar: two such acts at once may each see the other's user.
 */
export async function teamsLeftWithoutHolder(db: Db, userId: string): Promise<TeamWithoutHolder[]> {
  const rows = await db
    .selectFrom('memberships as own')
    .innerJoin('teams as t', 't.id', 'own.team_id')
    .select(['t.id as teamId', 't.name'])
    .where('own.user_id', '=', userId)
    .where('own.state', '=', 'active')
    .whereRef('own.epoch', '=', 't.key_epoch')
    .where('t.archived_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('memberships as m')
            .innerJoin('users as u', 'u.id', 'm.user_id')
            .select('m.user_id')
            .whereRef('m.team_id', '=', 't.id')
            .whereRef('m.epoch', '=', 't.key_epoch')
            .where('m.state', '=', 'active')
            .where('m.user_id', '!=', userId)
            .where('u.status', '=', 'active')
            .where('u.deleted_at', 'is', null),
        ),
      ),
    )
    .orderBy('t.id')
    .execute()
  if (rows.length === 0) return []
  const held = await heldByApprovers(
    db,
    userId,
    rows.map(({ teamId }) => teamId),
  )
  return rows.map((row) => ({ ...row, approversHold: held.has(row.teamId) }))
}

/** Of these teams, those whose newest key is wrapped for an approver key that somebody else who is active holds. */
async function heldByApprovers(db: Db, userId: string, teamIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('team_grants as g')
    .innerJoin('teams as t', (join) => join.onRef('t.id', '=', 'g.team_id').onRef('t.key_epoch', '=', 'g.epoch'))
    .innerJoin('held_keys as h', (join) =>
      join.onRef('h.enterprise_id', '=', 't.enterprise_id').onRef('h.epoch', '=', 'g.approver_epoch').on('h.kind', '=', 'approver-key'),
    )
    .leftJoin('users as u', (join) => join.onRef('u.id', '=', 'h.holder_id').on('u.status', '=', 'active').on('u.deleted_at', 'is', null))
    .leftJoin('automators as a', (join) => join.onRef('a.id', '=', 'h.holder_id').on('a.removed_at', 'is', null))
    .select('g.team_id')
    .distinct()
    .where('g.team_id', 'in', teamIds)
    .where('h.holder_id', '!=', userId)
    .where((eb) => eb.or([eb('u.id', 'is not', null), eb('a.id', 'is not', null)]))
    .execute()
  return new Set(rows.map(({ team_id: teamId }) => teamId))
}

/** The warning in plain words, with what to do; undefined where there is nothing to warn of. */
export function wordsOfTeamsWithoutHolder(teams: readonly TeamWithoutHolder[]): { summary: string; advice: string } | undefined {
  if (teams.length === 0) return undefined
  const closed = teams.filter(({ approversHold }) => !approversHold)
  const left = teams.filter(({ approversHold }) => approversHold)
  const summary = [
    left.length > 0 && `On ${named(left)} no member who is active holds the key any more: only approvers can open it.`,
    closed.length > 0 && `Nobody who is active holds the key of ${named(closed)} any more: what is shared with it cannot be opened.`,
  ]
  const advice = [
    left.length > 0 && `Have an administrator admit another member to ${named(left)}.`,
    closed.length > 0 && `Unlock one of the members of ${named(closed)}, or restore the account, before the retention ends.`,
  ]
  return { summary: sentences(summary), advice: sentences(advice) }
}

function sentences(parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join(' ')
}

/** Names that one sentence lists. */
const MOST_NAMES = 5

function named(teams: readonly TeamWithoutHolder[]): string {
  const names = teams.slice(0, MOST_NAMES).map(({ name }) => name)
  const more = teams.length - names.length
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ')
}
