import { WaitingApprovers, WaitingMembership, WaitingPerson, type WaitingRotation, WaitingTeam } from '@claviger/contract/api/approvals.ts'
import { sql } from 'kysely'
import type { Db } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'
import { grantsAbove } from './held-by.ts'
import type { Reach } from './reach.ts'

/** Some of what waits, and where to go on; null at the end. */
interface Page<Item> {
  found: Item[]
  last: string | null
}

/** `nodeIds`: JSON. */
interface After {
  nodeIds: string
  after: string
  limit: number
}

const selectPeople = prepare<After>()((db, p, dialect) =>
  db
    .selectFrom('accounts as a')
    // A cross join keeps this order: from the few who wait to what is known of them.
    .crossJoin('users as u')
    .whereRef('u.id', '=', 'a.user_id')
    .select(['a.user_id', 'a.signing_key', 'a.encryption_key', 'a.key_binding', 'u.email', 'u.node_id'])
    // Written out, so that the index of those who wait is used.
    .where('a.certified', '=', sql.lit(0))
    .where('a.user_id', '>', p.after)
    .where('u.node_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.nodeIds)).select('ids.value'))
    // Who has keys is active or locked. With "=" SQLite would make itself an index of all users by their status.
    .where('u.status', '!=', sql.lit('locked'))
    .where('u.deleted_at', 'is', null)
    .orderBy('a.user_id')
    .limit(p.limit),
)

/** Registered people without a certificate in the log. */
export async function waitingPeople(db: Db, { log, nodes }: Reach, after: string, limit: number): Promise<Page<WaitingPerson>> {
  if (nodes.people === '[]') return nothing
  const { rows } = await selectPeople(db, { nodeIds: nodes.people, after, limit })
  const found = rows
    .map((row) => WaitingPerson.parse({ userId: row.user_id, email: row.email, nodeId: row.node_id, identity: identityOf(row) }))
    // The first administrator's is the genesis.
    .filter(({ userId, identity }) => log.certificates.get(userId)?.identity.signingKey !== identity.signingKey)
  return { found, last: rows.length < limit ? null : (rows.at(-1)?.user_id ?? null) }
}

const selectPendingTeams = prepare<After>()((db, p, dialect) =>
  db
    .selectFrom('teams')
    .select(['id', 'name', 'node_id'])
    .where('status', '=', sql.lit('pending'))
    .where('archived_at', 'is', null)
    .where('node_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.nodeIds)).select('ids.value'))
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
)

/** Teams without a key. */
export async function waitingTeams(db: Db, { nodes }: Reach, after: string, limit: number): Promise<Page<WaitingTeam>> {
  if (nodes.teams === '[]') return nothing
  const { rows } = await selectPendingTeams(db, { nodeIds: nodes.teams, after, limit })
  return pageOf(
    rows.map((row) => WaitingTeam.parse(teamOf(row))),
    limit,
    ({ teamId }) => teamId,
  )
}

const selectUnshared = prepare<After & { approverEpoch: number }>()((db, p, dialect) =>
  db
    .selectFrom('teams as t')
    .select(['t.id', 't.name', 't.node_id', 't.key_epoch'])
    .where('t.status', '=', sql.lit('active'))
    .where('t.archived_at', 'is', null)
    .where('t.node_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.nodeIds)).select('ids.value'))
    .where('t.id', '>', p.after)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('team_grants as g')
            .select('g.team_id')
            .whereRef('g.team_id', '=', 't.id')
            .whereRef('g.epoch', '=', 't.key_epoch')
            .where('g.approver_epoch', '=', p.approverEpoch),
        ),
      ),
    )
    .orderBy('t.id')
    .limit(p.limit),
)

/** Teams whose newest key was not given to the newest approver key: it was renewed since. */
export async function waitingApprovers(db: Db, { log, nodes }: Reach, after: string, limit: number): Promise<Page<WaitingApprovers>> {
  const approverEpoch = log.approverKeys.length
  if (nodes.approvers === '[]' || approverEpoch === 0 || log.approverKeyDue) return nothing
  const { rows } = await selectUnshared(db, { nodeIds: nodes.approvers, after, limit, approverEpoch })
  return pageOf(
    rows.map((row) => WaitingApprovers.parse({ ...teamOf(row), teamEpoch: row.key_epoch })),
    limit,
    ({ teamId }) => teamId,
  )
}

const selectDue = prepare<After & { held: string }>()((db, p, dialect) =>
  db
    .selectFrom('teams')
    .select(['id', 'name', 'node_id', 'key_epoch'])
    .where('rotation_due', '=', sql.lit(1))
    .where('status', '=', sql.lit('active'))
    .where('archived_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('node_id', 'in', eb.selectFrom(idsOf(dialect, p.nodeIds)).select('ids.value')),
        eb('id', 'in', eb.selectFrom(idsOf(dialect, p.held)).select('ids.value')),
      ]),
    )
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
)

/** Teams whose key somebody holds who left. */
export async function waitingRotations(
  db: Db,
  { caller, nodes, held }: Reach,
  after: string,
  limit: number,
): Promise<Page<WaitingRotation>> {
  if (nodes.teams === '[]' && held === '[]') return nothing
  const { rows } = await selectDue(db, { nodeIds: nodes.teams, held, after, limit })
  const found = await Promise.all(
    rows.map(async (row) => ({
      ...WaitingApprovers.parse({ ...teamOf(row), teamEpoch: row.key_epoch }),
      heldBy: caller.kind === 'user' ? await grantsAbove(db, row.id, row.key_epoch, caller.userId) : [],
    })),
  )
  return pageOf(found, limit, ({ teamId }) => teamId)
}

const selectMemberships = prepare<After & { held: string; afterUser: string }>()((db, p, dialect) =>
  db
    .selectFrom('teams as t')
    // Cross joins keep this order: from teams to those of their members who wait.
    .crossJoin('memberships as m')
    .whereRef('m.team_id', '=', 't.id')
    .whereRef('m.epoch', '<', 't.key_epoch')
    .crossJoin('users as u')
    .whereRef('u.id', '=', 'm.user_id')
    .crossJoin('accounts as a')
    .whereRef('a.user_id', '=', 'm.user_id')
    .select(['t.id', 't.name', 't.node_id', 't.key_epoch', 'm.state', 'u.email'])
    .select(['a.user_id', 'a.signing_key', 'a.encryption_key', 'a.key_binding'])
    .where('t.status', '=', sql.lit('active'))
    .where('t.archived_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('t.node_id', 'in', eb.selectFrom(idsOf(dialect, p.nodeIds)).select('ids.value')),
        eb('t.id', 'in', eb.selectFrom(idsOf(dialect, p.held)).select('ids.value')),
      ]),
    )
    .where('u.status', '=', sql.lit('active'))
    .where('u.deleted_at', 'is', null)
    .where('t.id', '>=', p.after)
    .where((eb) => eb.or([eb('t.id', '>', p.after), eb('m.user_id', '>', p.afterUser)]))
    .orderBy('t.id')
    // With the member's own column SQLite would read every member of every team, because they come in this order.
    .orderBy('a.user_id')
    .limit(p.limit),
)

/** Memberships of active teams that are pending or of an earlier epoch, of people who registered and are not locked. */
export async function waitingMemberships(db: Db, { nodes, held }: Reach, after: string, limit: number): Promise<Page<WaitingMembership>> {
  if (nodes.memberships === '[]' && held === '[]') return nothing
  const [team = '', afterUser = ''] = after.split('/')
  const { rows } = await selectMemberships(db, { nodeIds: nodes.memberships, held, after: team, afterUser, limit })
  const found = rows.map((row) =>
    WaitingMembership.parse({
      teamId: row.id,
      teamName: row.name,
      teamEpoch: row.key_epoch,
      userId: row.user_id,
      identity: identityOf(row),
      email: row.email,
      renewal: row.state === 'active',
    }),
  )
  return pageOf(found, limit, ({ teamId, userId }) => `${teamId}/${userId}`)
}

const nothing = { found: [], last: null }

function pageOf<Item>(found: Item[], limit: number, placeOf: (item: Item) => string): Page<Item> {
  const last = found.at(-1)
  return { found, last: found.length < limit || last === undefined ? null : placeOf(last) }
}

function identityOf(row: { signing_key: string; encryption_key: string; key_binding: string }) {
  return { signingKey: row.signing_key, encryptionKey: row.encryption_key, keyBinding: row.key_binding }
}

function teamOf(row: { id: string; name: string; node_id: string }) {
  return { teamId: row.id, teamName: row.name, nodeId: row.node_id }
}
