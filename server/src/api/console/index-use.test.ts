import { expect, test } from 'vitest'
import { createUsers, oktaGroup } from '../../scim/testing-server.ts'
import type { Trx } from '../../storage/database.ts'
import { analyze, plansOf } from '../../storage/testing-plans.ts'
import { smallestIdAt } from '../../storage/time-of-id.ts'
import { get, startConsole } from './testing-console.ts'

const USERS = 100_000
const LINES = 60_000
const TEAMS = 2_000
const DAY = 24 * 60 * 60 * 1000
/** What no answer takes on a machine that does much else. Alone, the slowest takes a tenth of it. */
const SLOW = 2_000

/** An id that was made at this time. */
const idAt = (at: number, i: number) => `${smallestIdAt(at).slice(0, 14)}7000-8000-${String(i).padStart(12, '0')}`

/** An enterprise as large as the console is promised for: a quarter of its people in the node Other, 1 of 50 invited or locked. */
async function startWithMany() {
  const server = await startConsole()
  const { scim, write, db, nodeId, otherNodeId, log } = server
  const [grace = ''] = await createUsers(scim, 'grace@example.com')
  const teamId: string = (await scim('/Groups', { body: oktaGroup('Staff', [grace]) })).body.id
  const [line] = await log(2)
  const user = await db.selectFrom('users').selectAll().where('id', '=', grace).executeTakeFirstOrThrow()
  const team = await db.selectFrom('teams').selectAll().where('id', '=', teamId).executeTakeFirstOrThrow()
  const entry = await db.selectFrom('audit_log').selectAll().limit(1).executeTakeFirstOrThrow()
  if (line === undefined) throw new Error('the directory left no line')
  const start = Date.now() - 29 * DAY
  const timeOf = (i: number, of: number) => start + Math.floor((i / of) * 28 * DAY)
  await write(async (trx) => {
    await each(USERS, async (part) => {
      const users = part.map((i) => {
        const created = timeOf(i, USERS)
        return {
          ...user,
          id: idAt(created, i),
          node_id: i % 4 === 0 ? otherNodeId : nodeId,
          email: `U${i}@example.com`,
          email_key: `u${i}@example.com`,
          external_id: `e${i}`,
          status: i % 50 === 0 ? ('invited' as const) : i % 50 === 1 ? ('locked' as const) : ('active' as const),
          created_at: created,
          registered_at: i % 50 === 0 ? null : created + 60_000,
          email_differs: i % 1_000 === 0 ? (1 as const) : (0 as const),
        }
      })
      await trx.insertInto('users').values(users).execute()
      const invited = users.filter(({ status }) => status === 'invited')
      await invite(trx, invited)
    })
    await each(TEAMS, async (part) => {
      const teams = part.map((i) => ({ ...team, id: idAt(start, i), name: `T${i}`, name_key: `t${i}`, external_id: `e${i}` }))
      await trx.insertInto('teams').values(teams).execute()
      const members = teams.flatMap(({ id }, at) =>
        [0, 1].map((n) => ({ team_id: id, user_id: idAt(timeOf(at * 2 + n, USERS), at * 2 + n) })),
      )
      await trx
        .insertInto('memberships')
        .values(members.map((each) => ({ ...each, state: 'pending' as const, created_at: start })))
        .execute()
    })
    await each(LINES, async (part) => {
      const lines = part.map((i) => ({
        ...line,
        id: idAt(timeOf(i, LINES), i),
        at: timeOf(i, LINES),
        operation: i % 5_000 === 0 ? 'team.rename' : 'user.update',
        status: i % 100 === 0 ? 409 : 200,
        subject_id: idAt(timeOf(i, USERS), i),
      }))
      await trx.insertInto('provisioning_log').values(lines).execute()
      const entries = part.map((i) => ({
        ...entry,
        id: idAt(timeOf(i, LINES), i),
        node_id: nodeId,
        actor: `user:${i % 500}`,
        action: `user.act${i % 100}`,
        subject_id: idAt(timeOf(i, USERS), i),
      }))
      await trx.insertInto('audit_log').values(entries).execute()
    })
  })
  await analyze(db)
  return { ...server, teamId, someUser: idAt(timeOf(7, USERS), 7) }
}

async function each(count: number, work: (part: number[]) => Promise<void>) {
  for (let from = 0; from < count; from += 500) await work(Array.from({ length: Math.min(500, count - from) }, (_, i) => from + i))
}

async function invite(trx: Trx, users: readonly { id: string; email: string; created_at: number }[]) {
  const invitations = users.map(({ id, created_at }) => ({
    id,
    user_id: id,
    purpose: 'join' as const,
    created_at,
    expires_at: created_at + 14 * DAY,
  }))
  const none = { accepted_at: null, cancelled_at: null }
  await trx
    .insertInto('invitations')
    .values(invitations.map((invitation) => ({ ...invitation, ...none })))
    .execute()
  const mails = users.map(({ id, email, created_at }, i) => ({
    id,
    invitation_id: id,
    recipient: email,
    state: i % 5 === 0 ? ('failed' as const) : ('sent' as const),
    attempts: 1,
    due_at: created_at,
    last_error: null,
    created_at,
    sent_at: created_at,
  }))
  await trx.insertInto('outbox').values(mails).execute()
}

/** PostgreSQL may walk the addresses, or the ids of a node, and look at each row: for its pages that is as good. */
const listed = /users_in_order|(using|on) users_(by_email|of_node|pkey)/

/** Reading a whole table: `SCAN users` without an index on SQLite, `Seq Scan on users` on PostgreSQL. */
const WHOLE =
  /SCAN (users|u|memberships|m|provisioning_log|audit_log|invitations|outbox)\b(?! USING (COVERING )?INDEX)|Seq Scan on (users|memberships|provisioning_log|audit_log|invitations|outbox)/

test('100,000 users and long logs are searched, filtered and counted through indexes, on one engine as on the other', async () => {
  const server = await startWithMany()
  const { ada, oscar, otherNodeId, nodeId, teamId, someUser } = server
  const users = (query: Record<string, unknown>) => () => get(ada, '/api/v1/users', query)
  const log = (query: Record<string, unknown>) => () => get(ada, '/api/v1/provisioning-log', query)
  const activity = (query: Record<string, unknown>) => () => get(ada, '/api/v1/activity', query)
  const questions: [string, () => Promise<{ status: number }>, RegExp][] = [
    ['first page of users', users({}), listed],
    ['last page of users', users({ order: 'desc' }), listed],
    ['users by creation', users({ sort: 'created', order: 'desc' }), listed],
    ['part of an address', users({ search: '7777@' }), listed],
    ['locked users', users({ status: 'locked' }), listed],
    ['users of a node', users({ node: otherNodeId }), listed],
    ['e-mail differs', users({ flag: 'email-differs' }), listed],
    ['failed invitations', users({ flag: 'invitation-failed' }), /failed_mails/],
    ['expired invitations', users({ flag: 'invitation-expired' }), /open_invitations_by_expiry/],
    ['a delegated administrator’s users', () => get(oscar, '/api/v1/users'), listed],
    ['one user', () => get(ada, `/api/v1/users/${someUser}`), /users_pkey|sqlite_autoindex_users_1/],
    ['timeline', () => get(ada, `/api/v1/users/${someUser}/timeline`), /audit_log_of_subject/],
    ['timeline of the directory', () => get(ada, `/api/v1/users/${someUser}/timeline`), /provisioning_log_of_subject/],
    ['teams', () => get(ada, '/api/v1/teams', { search: 't1' }), /teams_in_order/],
    ['members', () => get(ada, `/api/v1/teams/${teamId}/members`), /memberships_pkey|PRIMARY KEY/],
    ['provisioning log', log({}), /provisioning_log_(of_node|pkey)/],
    ['an operation', log({ operation: 'team.rename' }), /provisioning_log_of_operation/],
    ['failures', log({ result: 'failed' }), /failed_provisioning/],
    ['failures of a node and time', log({ result: 'failed', node: nodeId, from: Date.now() - 5 * DAY }), /failed_provisioning/],
    ['log of a user', log({ user: someUser }), /provisioning_log_of_subject/],
    ['activity', activity({}), /audit_log_pkey|sqlite_autoindex_audit_log_1/],
    ['activity of an actor', activity({ actor: 'user:77' }), /audit_log_of_actor/],
    ['one action', activity({ action: 'user.act7' }), /audit_log_of_action/],
    ['activity of a node', () => get(oscar, '/api/v1/activity'), /audit_log_of_node/],
    ['methods', () => get(ada, '/api/v1/methods'), /failed_provisioning/],
    ['overview', () => get(ada, '/api/v1/overview'), /users_by_registration/],
    ['overview, once more', () => get(ada, '/api/v1/overview'), listed],
    ['tree', () => get(ada, '/api/v1/nodes'), listed],
    ['search', () => get(ada, '/api/v1/search', { q: '7777' }), listed],
  ]
  const took: [string, number][] = []
  const wrong: string[] = []
  for (const [name, ask, index] of questions) {
    const plans = await plansOf(server.db, async () => {
      const start = performance.now()
      expect((await ask()).status, name).toBe(200)
      took.push([name, Math.round(performance.now() - start)])
    })
    const texts = plans.map(({ statement, plan }) => `${statement}\n${plan}`)
    if (!texts.some((text) => index.test(text))) wrong.push(`${name}: ${texts.join('\n\n')}`)
    wrong.push(...texts.filter((text) => WHOLE.test(text)).map((text) => `${name} reads all: ${text}`))
  }
  expect(wrong).toEqual([])
  expect(took.filter(([, millis]) => millis > SLOW)).toEqual([])
}, 120_000)
