import type { GrantOutcome } from '@claviger/contract/api/approvals.ts'
import type { TeamKeyGrant } from '@claviger/contract/grant.ts'
import type { TeamId, UserId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { sql } from 'kysely'
import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { announce } from '../storage/changes.ts'
import type { Millis, Trx } from '../storage/database.ts'
import { rowsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import { type ApprovingCaller, approvedNodes } from './caller.ts'
import { type CheckedGrant, wrong } from './check-grants.ts'
import { type HeldTeam, holdTeams, teamsHeldBy } from './held-teams.ts'

/** What became of one grant. */
export interface GrantResult {
  teamId: TeamId
  userId: UserId
  outcome: GrantOutcome
}

/** A grant with whom it is for taken out of it. */
interface Admission {
  readonly teamId: TeamId
  readonly userId: UserId
  readonly epoch: number
  readonly encryptionKey: string
  readonly text: string
}

/**
 * Takes grants of team keys for members: each pending membership becomes active once, each active one of an earlier epoch
 * gets the newest. Teams are held first, so that removals, rotations and other approvers come before or after, not between.
 * @throws AppError `forbidden` where the caller may not admit members to one of the teams, `invalid_value`
 */
export async function grantMemberships(
  trx: Trx,
  caller: ApprovingCaller,
  log: LogState,
  grants: readonly CheckedGrant<TeamKeyGrant>[],
  at: Millis,
): Promise<GrantResult[]> {
  const teams = await holdTeams(
    trx,
    caller.enterpriseId,
    grants.map(({ said }) => said.teamId),
  )
  await requireMayAdmit(trx, caller, log, [...teams.values()])
  return takeGrants(trx, caller, teams, grants, at)
}

/** The same for teams that are held, by a caller who was found to be allowed it. @throws AppError `invalid_value` */
export async function takeGrants(
  trx: Trx,
  caller: ApprovingCaller,
  teams: ReadonlyMap<string, HeldTeam>,
  grants: readonly CheckedGrant<TeamKeyGrant>[],
  at: Millis,
): Promise<GrantResult[]> {
  const results = await admit(trx, caller, teams, grants.map(admissionOf), at)
  await tell(trx, caller, results, at)
  return results
}

function admissionOf({ said, text }: CheckedGrant<TeamKeyGrant>): Admission {
  if (said.to.kind !== 'user') throw wrong('of a membership is not for a user')
  const { teamId, epoch, to } = said
  return { teamId, userId: to.id, epoch, encryptionKey: to.encryptionKey, text }
}

async function requireMayAdmit(trx: Trx, caller: ApprovingCaller, log: LogState, teams: readonly HeldTeam[]): Promise<void> {
  const nodes = await approvedNodes(trx, caller, log, ['memberships'])
  const others = teams.filter(({ nodeId }) => !nodes.has(nodeId))
  if (others.length === 0) return
  const held = await teamsHeldBy(
    trx,
    caller,
    others.map(({ id }) => id),
  )
  const refused = others.find(({ id }) => !held.has(id))
  if (refused === undefined) return
  throw new AppError(
    'forbidden',
    `You may not admit members to the team ${refused.name}: it takes an administrator of its node who may approve, an automator, or a member who holds its newest key.`,
  )
}

interface Wanted {
  teamId: string
  userId: string
}

const selectMemberships = prepare<{ rows: string }>()((db, p, dialect) => {
  const row = rowsOf<keyof Wanted>(dialect, p.rows)
  return (
    db
      .selectFrom(row.table)
      // Cross joins keep this order: from the few grants to their memberships.
      .crossJoin('memberships as m')
      .where('m.team_id', '=', row.text('teamId'))
      .where('m.user_id', '=', row.text('userId'))
      .crossJoin('users as u')
      .whereRef('u.id', '=', 'm.user_id')
      .leftJoin('accounts as a', 'a.user_id', 'm.user_id')
      .select(['m.team_id', 'm.user_id', 'm.state', 'm.epoch', 'u.status', 'u.deleted_at', 'a.encryption_key'])
  )
})

/** The membership, the team's epoch and the user's state are looked at again in the statement that writes: it decides. */
const activate = prepare<{ rows: string; grantedBy: string; at: Millis }>()((db, p, dialect) => {
  const row = rowsOf<keyof Wanted | 'epoch' | 'grant'>(dialect, p.rows)
  return db
    .updateTable('memberships')
    .from(row.table)
    .set({
      state: 'active',
      epoch: row.number('epoch'),
      key_grant: row.text('grant'),
      granted_by: p.grantedBy,
      granted_at: p.at,
    })
    .where('memberships.team_id', '=', row.text('teamId'))
    .where('memberships.user_id', '=', row.text('userId'))
    .where('memberships.epoch', '<', row.number('epoch'))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('teams')
          .select('teams.id')
          .whereRef('teams.id', '=', 'memberships.team_id')
          .where('teams.status', '=', sql.lit('active'))
          .where('teams.key_epoch', '=', row.number('epoch')),
      ),
    )
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('users')
          .select('users.id')
          .whereRef('users.id', '=', 'memberships.user_id')
          .where('users.status', '=', sql.lit('active'))
          .where('users.deleted_at', 'is', null),
      ),
    )
    .returning(['memberships.team_id', 'memberships.user_id'])
})

async function admit(
  trx: Trx,
  caller: ApprovingCaller,
  teams: ReadonlyMap<string, HeldTeam>,
  admissions: readonly Admission[],
  at: Millis,
): Promise<GrantResult[]> {
  const wanted: Wanted[] = admissions.map(({ teamId, userId }) => ({ teamId, userId }))
  const found = await selectMemberships(trx, { rows: JSON.stringify(wanted) })
  const before = new Map(found.rows.map((row) => [nameOf(row.team_id, row.user_id), row]))
  const taken = new Set<string>()
  const fit: Admission[] = []
  const refusals = admissions.map((admission): GrantOutcome | null => {
    const name = nameOf(admission.teamId, admission.userId)
    const membership = before.get(name)
    const team = teams.get(admission.teamId)
    if (!membership || membership.deleted_at !== null || team?.status !== 'active') return 'gone'
    if (admission.epoch !== team.keyEpoch) return 'old-epoch'
    if (membership.epoch >= team.keyEpoch || taken.has(name)) return 'already'
    if (membership.status !== 'active' || membership.encryption_key !== admission.encryptionKey) return 'not-ready'
    taken.add(name)
    fit.push(admission)
    return null
  })
  const rows = fit.map(({ teamId, userId, epoch, text }) => ({ teamId, userId, epoch, grant: text }))
  const written = fit.length === 0 ? { rows: [] } : await activate(trx, { rows: JSON.stringify(rows), grantedBy: caller.actor, at })
  const done = new Set(written.rows.map((row) => nameOf(row.team_id, row.user_id)))
  return admissions.map(({ teamId, userId }, index) => {
    const name = nameOf(teamId, userId)
    // Fit a moment before and refused by the statement: the user was locked in between.
    const accepted = done.has(name) ? (before.get(name)?.state === 'pending' ? 'approved' : 'renewed') : 'not-ready'
    return { teamId, userId, outcome: refusals[index] ?? accepted }
  })
}

async function tell(trx: Trx, { enterpriseId, actor }: ApprovingCaller, results: readonly GrantResult[], at: Millis): Promise<void> {
  const byTeam = Map.groupBy(
    results.filter(({ outcome }) => outcome === 'approved' || outcome === 'renewed'),
    ({ teamId }) => teamId,
  )
  const told = [...byTeam].flatMap(([teamId, done]) => {
    const ids = (wanted: GrantOutcome) => done.filter(({ outcome }) => outcome === wanted).map(({ userId }) => userId)
    const detail = { approved: ids('approved'), renewed: ids('renewed') }
    return [
      record(trx, { enterpriseId, at, actor, action: 'membership.approved', subjectKind: 'team', subjectId: teamId, detail }),
      announce(trx, { enterpriseId, kind: 'team', subjectId: teamId, at }),
    ]
  })
  await Promise.all(told)
}

function nameOf(teamId: string, userId: string): string {
  return `${teamId} ${userId}`
}
