import type { PendingKind } from '@claviger/contract/api/pending.ts'
import { sql } from 'kysely'
import { currentLog } from '../enterprise-log/state.ts'
import type { NodeReach } from '../nodes/reach.ts'
import { aside } from '../storage/aside.ts'
import type { Db, Millis } from '../storage/database.ts'
import { idsOf } from '../storage/json.ts'
import { prepare } from '../storage/prepared.ts'

/** How much of a kind waits, and since when the oldest does. */
export interface WaitingFigure {
  kind: PendingKind
  count: number
  since: Millis
}

interface Asked {
  enterpriseId: string
  /** JSON. */
  nodes: string
  at: Millis
}

type Figure = { count: number; since: Millis | null }

const people = prepare<Asked>()((db, p, dialect) =>
  db
    .selectFrom('accounts as a')
    // A cross join keeps this order: from the few who wait to what is known of them.
    .crossJoin('users as u')
    .whereRef('u.id', '=', 'a.user_id')
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min<Millis | null>('u.registered_at').as('since')])
    .where('a.certified', '=', sql.lit(0))
    .where('u.status', '=', sql.lit('active'))
    .where('u.deleted_at', 'is', null)
    .where('u.node_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.nodes)).select('ids.value')),
)

const teams = prepare<Asked>()((db, p, dialect) =>
  db
    .selectFrom('teams')
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min<Millis | null>('created_at').as('since')])
    .where('enterprise_id', '=', p.enterpriseId)
    .where('status', '=', sql.lit('pending'))
    .where('node_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.nodes)).select('ids.value')),
)

const rotations = prepare<Asked>()((db, p, dialect) =>
  db
    .selectFrom('teams')
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min<Millis | null>('updated_at').as('since')])
    .where('enterprise_id', '=', p.enterpriseId)
    .where('status', '=', sql.lit('active'))
    .where('rotation_due', '=', sql.lit(1))
    .where('node_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.nodes)).select('ids.value')),
)

const memberships = prepare<Asked>()((db, p, dialect) =>
  db
    .selectFrom('teams as t')
    // From teams to those of their members who wait: those without the newest epoch, on a team without a key all.
    .crossJoin('memberships as m')
    .whereRef('m.team_id', '=', 't.id')
    .where(sql<boolean>`m.epoch < case when t.key_epoch = 0 then 1 else t.key_epoch end`)
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min<Millis | null>('m.created_at').as('since')])
    .where('t.enterprise_id', '=', p.enterpriseId)
    .where('t.archived_at', 'is', null)
    .where('t.node_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.nodes)).select('ids.value')),
)

const folders = prepare<Asked>()((db, p, dialect) =>
  db
    .selectFrom('folders as f')
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min<Millis | null>('f.created_at').as('since')])
    .where('f.enterprise_id', '=', p.enterpriseId)
    .where('f.rotation_due', '=', sql.lit(1))
    .where('f.deleted_at', 'is', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('folder_access as a')
          .innerJoin('teams as t', 't.id', 'a.grantee_id')
          .select('a.folder_id')
          .whereRef('a.folder_id', '=', 'f.id')
          .where('a.grantee_kind', '=', sql.lit('team'))
          .where('t.node_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.nodes)).select('ids.value')),
      ),
    ),
)

const devices = prepare<Asked>()((db, p, dialect) =>
  db
    .selectFrom('device_requests as r')
    .crossJoin('users as u')
    .whereRef('u.id', '=', 'r.user_id')
    .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min<Millis | null>('r.created_at').as('since')])
    .where('r.state', '=', sql.lit('pending'))
    .where('r.expires_at', '>', p.at)
    .where('u.status', '=', sql.lit('active'))
    .where('u.deleted_at', 'is', null)
    .where('u.node_id', 'in', (eb) => eb.selectFrom(idsOf(dialect, p.nodes)).select('ids.value')),
)

/**
 * What waits in these nodes, as approvals/pending.ts lists it for administrators, in numbers. All of it aside; what costs
 * most are the memberships that wait: an index of them, and a row for each.
 * @param invited those who have not registered, whom users/figures.ts counts with the others
 */
export async function countWaiting(
  db: Db,
  reach: NodeReach,
  invited: { count: number; since: Millis | null },
  at: Millis,
): Promise<WaitingFigure[]> {
  const asked = { enterpriseId: reach.enterpriseId, nodes: JSON.stringify(reach.nodes), at }
  const read = aside(db)
  const first = async (query: Promise<{ rows: Figure[] }>) => (await query).rows[0] ?? { count: 0, since: null }
  const [ofPeople, ofTeams, ofMemberships, ofRotations, ofFolders, ofDevices, ofLog] = await Promise.all([
    first(people(read, asked)),
    first(teams(read, asked)),
    first(memberships(read, asked)),
    first(rotations(read, asked)),
    first(folders(read, asked)),
    first(devices(read, asked)),
    countLogKeys(db, reach.enterpriseId),
  ])
  const users = { count: Number(ofPeople.count) + invited.count, since: earliest(ofPeople.since, invited.since) }
  const figures: [PendingKind, Figure][] = [
    ['log-key', ofLog],
    ['team', ofTeams],
    ['membership', ofMemberships],
    ['rotation', ofRotations],
    ['folder-rotation', ofFolders],
    ['device', ofDevices],
    ['user', users],
  ]
  return figures.flatMap(([kind, { count, since }]) => (Number(count) === 0 ? [] : [{ kind, count: Number(count), since: since ?? at }]))
}

async function countLogKeys(db: Db, enterpriseId: string): Promise<Figure> {
  const log = await currentLog(db, enterpriseId)
  const count = [log?.approverKeyDue, log?.recoveryKeyDue].filter((due) => due === true).length
  if (count === 0) return { count, since: null }
  const last = await db
    .selectFrom('enterprise_log')
    .select('at')
    .where('enterprise_id', '=', enterpriseId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return { count, since: last?.at ?? null }
}

function earliest(a: Millis | null, b: Millis | null): Millis | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}
