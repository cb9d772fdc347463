import { type SelectQueryBuilder, sql } from 'kysely'
import type { NodeReach } from '../nodes/reach.ts'
import { aside } from '../storage/aside.ts'
import type { Database, Db, Millis, UserStatus } from '../storage/database.ts'
import { positionOf } from '../storage/json.ts'
import { lineOf } from '../storage/line.ts'
import { type Page, placeText, type Reading, readPage, readPlace, type WantedPage } from '../storage/page.ts'
import { textKey } from '../storage/text-key.ts'

/** What the list of users is asked for. */
export interface UserQuery extends WantedPage {
  /** Anywhere in the e-mail address. */
  readonly search?: string | undefined
  /** Without it, all who are not deleted. */
  readonly status?: UserStatus | 'deleted' | undefined
  readonly flag?: 'email-differs' | 'invitation-failed' | 'invitation-expired' | undefined
  readonly sort?: 'email' | 'created' | undefined
  readonly order?: 'asc' | 'desc' | undefined
}

/** Where a row of the list is; what is shown of it, rows.ts reads. */
interface FoundUser {
  id: string
  email_key: string
}

/**
 * The ids of a page of users, and how many there are on all pages. A page in the order of addresses, or of making within
 * the whole enterprise, seeks in an index. Whatever filters reads one index that holds all that is filtered by, aside: some
 * 30 ms for 100,000 users, and nobody else waits for it.
 */
export async function findUserPage(db: Db, reach: NodeReach, query: UserQuery, at: Millis): Promise<Page<FoundUser> & { total: number }> {
  const slow = aside(db)
  const byCreation = query.sort === 'created'
  const matching = matchingUsers(slow, reach, query, at)
  const [page, total] = await Promise.all([
    readPage<FoundUser>(
      query,
      ({ id, email_key: key }) => (byCreation ? id : placeText({ id, key })),
      (reading) => inOrder(matching, byCreation, query.order === 'desc', reading).execute(),
    ),
    matching.select(({ fn }) => fn.countAll<number>().as('total')).executeTakeFirstOrThrow(),
  ])
  return { ...page, total: Number(total.total) }
}

type Users<Row = object> = SelectQueryBuilder<Database, 'users', Row>

function matchingUsers(db: Db, { enterpriseId, nodes, isWhole }: NodeReach, query: UserQuery, at: Millis): Users {
  const { dialect } = lineOf(db)
  const { status, flag } = query
  const search = textKey(query.search ?? '')
  return db
    .selectFrom('users')
    .where('enterprise_id', '=', enterpriseId)
    .where('deleted_at', status === 'deleted' ? 'is not' : 'is', null)
    .$if(!isWhole, (users) => users.where(nodeOf, 'in', nodes))
    .$if(search !== '', (users) => users.where(positionOf(dialect, sql.ref('email_key'), sql`${search}`), '>', 0))
    .$if(status !== undefined && status !== 'deleted', (users) => users.where('status', '=', status as UserStatus))
    .$if(flag === 'email-differs', (users) => users.where('email_differs', '=', 1))
    .$if(flag === 'invitation-failed', (users) => users.where('status', '=', 'invited').where('id', 'in', failedInvitations(db, at)))
    .$if(flag === 'invitation-expired', (users) => users.where('status', '=', 'invited').where('id', 'in', expiredInvitations(db, at)))
}

/** Not the bare column: with its index SQLite, which has no statistics, would fetch every row of the nodes and sort them. */
const nodeOf = sql<string>`(node_id || '')`

/** Users whose open invitation the mail server did not take, while its term runs. */
function failedInvitations(db: Db, at: Millis) {
  return db
    .selectFrom('outbox')
    .innerJoin('invitations', 'invitations.id', 'outbox.invitation_id')
    .select('invitations.user_id')
    .where('outbox.state', '=', sql.lit('failed'))
    .where('invitations.expires_at', '>', at)
    .where('invitations.accepted_at', 'is', null)
    .where('invitations.cancelled_at', 'is', null)
}

function expiredInvitations(db: Db, at: Millis) {
  return db
    .selectFrom('invitations')
    .select('user_id')
    .where('expires_at', '<=', at)
    .where('accepted_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .where('purpose', '=', 'join')
}

/** Ids are in the order of making. */
function inOrder(users: Users, byCreation: boolean, descending: boolean, { from, backwards, limit }: Reading): Users<FoundUser> {
  const down = descending !== backwards
  const [direction, beyond] = down ? (['desc', '<'] as const) : (['asc', '>'] as const)
  const found = users.select(['users.id', 'users.email_key'])
  if (byCreation) {
    return found
      .$if(from !== undefined, (query) => query.where('id', beyond, from ?? ''))
      .orderBy('id', direction)
      .limit(limit)
  }
  const place = from === undefined ? undefined : readPlace(from)
  return found
    .$if(place !== undefined, (query) =>
      query.where(sql<boolean>`(email_key, id) ${sql.raw(beyond)} (${place?.key ?? ''}, ${place?.id ?? ''})`),
    )
    .orderBy('email_key', direction)
    .orderBy('id', direction)
    .limit(limit)
}
