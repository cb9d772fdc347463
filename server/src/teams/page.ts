import { type SelectQueryBuilder, sql } from 'kysely'
import type { NodeReach } from '../nodes/reach.ts'
import { aside } from '../storage/aside.ts'
import type { Database, Db, Millis, TeamStatus } from '../storage/database.ts'
import { positionOf } from '../storage/json.ts'
import { lineOf } from '../storage/line.ts'
import { type Page, placeText, type Reading, readPage, readPlace, type WantedPage } from '../storage/page.ts'
import { textKey } from '../storage/text-key.ts'

/** What the list of teams is asked for. */
export interface TeamQuery extends WantedPage {
  /** Anywhere in the name. */
  readonly search?: string | undefined
  /** Without it, those that are not archived. */
  readonly status?: TeamStatus | undefined
  readonly sort?: 'name' | 'created' | undefined
  readonly order?: 'asc' | 'desc' | undefined
}

/** A team as the console shows it. */
export interface TeamRow {
  teamId: string
  name: string
  status: TeamStatus
  nodeId: string
  nodeName: string
  members: { active: number; pending: number }
  folders: number
  keyEpoch: number
  rotationDue: boolean
  createdAt: Millis
  archivedAt: Millis | null
}

/** A page of the teams that fit, and how many there are on all pages. In the order of an index; what filters is read aside. */
export async function readTeamPage(db: Db, reach: NodeReach, query: TeamQuery): Promise<Page<TeamRow> & { total: number }> {
  const byCreation = query.sort === 'created'
  const matching = matchingTeams(aside(db), reach, query)
  const [page, { total }] = await Promise.all([
    readPage<FoundTeam>(
      query,
      ({ id, name_key: key }) => (byCreation ? id : placeText({ id, key })),
      (reading) => inOrder(matching, byCreation, query.order === 'desc', reading).execute(),
    ),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ])
  const rows = await readTeamRows(
    db,
    page.rows.map(({ id }) => id),
  )
  return { ...page, rows, total: Number(total) }
}

/** What is shown of these teams, in the order of the ids. Counting members reads an index of each team, aside. */
export async function readTeamRows(db: Db, teamIds: readonly string[]): Promise<TeamRow[]> {
  if (teamIds.length === 0) return []
  const [rows, members, folders] = await Promise.all([
    selectRows(db, teamIds),
    aside(db)
      .selectFrom('memberships')
      // Pending is what holds no epoch yet, and the index of epochs holds both.
      .select(({ fn }) => ['team_id', 'epoch', fn.countAll<number>().as('count')])
      .where('team_id', 'in', teamIds)
      .groupBy(['team_id', 'epoch'])
      .execute(),
    db
      .selectFrom('folder_access')
      .select(({ fn }) => ['grantee_id', fn.count<number>('folder_id').distinct().as('count')])
      .where('grantee_kind', '=', 'team')
      .where('grantee_id', 'in', teamIds)
      .groupBy('grantee_id')
      .execute(),
  ])
  const byId = new Map(rows.map((row) => [row.id, row]))
  const countOf = (teamId: string, pending: boolean) =>
    members.filter((each) => each.team_id === teamId && (each.epoch === 0) === pending).reduce((sum, each) => sum + Number(each.count), 0)
  return teamIds.flatMap((id) => {
    const row = byId.get(id)
    if (row === undefined) return []
    return {
      teamId: id,
      name: row.name,
      status: row.status,
      nodeId: row.node_id,
      nodeName: row.nodeName,
      members: { active: countOf(id, false), pending: countOf(id, true) },
      folders: Number(folders.find(({ grantee_id: team }) => team === id)?.count ?? 0),
      keyEpoch: row.key_epoch,
      rotationDue: row.rotation_due === 1,
      createdAt: row.created_at,
      archivedAt: row.archived_at,
    }
  })
}

function selectRows(db: Db, teamIds: readonly string[]) {
  return db
    .selectFrom('teams as t')
    .innerJoin('nodes as n', 'n.id', 't.node_id')
    .select([
      't.id',
      't.name',
      't.status',
      't.node_id',
      'n.name as nodeName',
      't.key_epoch',
      't.rotation_due',
      't.created_at',
      't.archived_at',
    ])
    .where('t.id', 'in', teamIds)
    .execute()
}

interface FoundTeam {
  id: string
  name_key: string
}

type Teams<Row = object> = SelectQueryBuilder<Database, 'teams', Row>

function matchingTeams(db: Db, { enterpriseId, nodes, isWhole }: NodeReach, { search: wanted, status }: TeamQuery): Teams {
  const { dialect } = lineOf(db)
  const search = textKey(wanted ?? '')
  return db
    .selectFrom('teams')
    .where('enterprise_id', '=', enterpriseId)
    .$if(status === undefined, (teams) => teams.where('archived_at', 'is', null))
    .$if(status !== undefined, (teams) => teams.where('status', '=', status ?? 'active'))
    .$if(!isWhole, (teams) => teams.where('node_id', 'in', nodes))
    .$if(search !== '', (teams) => teams.where(positionOf(dialect, sql.ref('name_key'), sql`${search}`), '>', 0))
}

/** Ids are in the order of making. */
function inOrder(teams: Teams, byCreation: boolean, descending: boolean, { from, backwards, limit }: Reading): Teams<FoundTeam> {
  const [direction, beyond] = descending !== backwards ? (['desc', '<'] as const) : (['asc', '>'] as const)
  const found = teams.select(['teams.id', 'teams.name_key'])
  if (byCreation) {
    return found
      .$if(from !== undefined, (query) => query.where('id', beyond, from ?? ''))
      .orderBy('id', direction)
      .limit(limit)
  }
  const place = from === undefined ? undefined : readPlace(from)
  return found
    .$if(place !== undefined, (query) =>
      query.where(sql<boolean>`(name_key, id) ${sql.raw(beyond)} (${place?.key ?? ''}, ${place?.id ?? ''})`),
    )
    .orderBy('name_key', direction)
    .orderBy('id', direction)
    .limit(limit)
}
