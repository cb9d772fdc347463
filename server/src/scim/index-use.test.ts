import { type CompiledQuery, sql } from 'kysely'
import { expect, test } from 'vitest'
import { lineOf } from '../storage/line.ts'
import { createUsers, oktaGroup, startScim, type TestServer } from './testing-server.ts'

const ROWS = 5_000

/** So many users and teams, 49 of 50 in another node, that no engine would think that reading them all is cheaper. */
async function startWithMany() {
  const server = await startScim()
  const { scim, write, db, nodeId, rootNodeId } = server
  const [ada = ''] = await createUsers(scim, 'ada@example.com')
  const { body: group } = await scim('/Groups', { body: oktaGroup('Staff', [ada]) })
  const user = await db.selectFrom('users').selectAll().where('id', '=', ada).executeTakeFirstOrThrow()
  const team = await db.selectFrom('teams').selectAll().where('id', '=', group.id).executeTakeFirstOrThrow()
  const idOf = (i: number) => `01920000-0000-7000-8000-${String(i).padStart(12, '0')}`
  const nodeOf = (i: number) => (i % 50 === 0 ? nodeId : rootNodeId)
  const numbers = Array.from({ length: ROWS }, (_, i) => i)
  await write(async (trx) => {
    for (let from = 0; from < ROWS; from += 500) {
      const part = numbers.slice(from, from + 500)
      const users = part.map((i) => ({
        ...user,
        id: idOf(i),
        node_id: nodeOf(i),
        email: `u${i}`,
        email_key: `u${i}`,
        external_id: `e${i}`,
        display_name_key: `d${i}`,
      }))
      await trx.insertInto('users').values(users).execute()
      await trx
        .insertInto('teams')
        .values(part.map((i) => ({ ...team, id: idOf(i), node_id: nodeOf(i), name: `t${i}`, name_key: `t${i}`, external_id: `e${i}` })))
        .execute()
      await trx
        .insertInto('memberships')
        .values(
          part.map((i) => ({ team_id: i % 50 === 0 ? team.id : idOf(i), user_id: idOf(i), state: 'pending' as const, created_at: 0 })),
        )
        .execute()
    }
    // PostgreSQL keeps statistics by itself; the embedded store has none, so its plans must be good without.
    if (lineOf(trx).dialect === 'postgres') await sql`analyze`.execute(trx)
  })
  return { ...server, nodeId, ada, teamId: team.id }
}

interface Plan {
  statement: string
  plan: string
}

/** Every statement that the server ran while `work` did, with the engine's plan for it. */
async function plansOf(server: TestServer, work: () => Promise<unknown>): Promise<Plan[]> {
  const line = lineOf(server.db)
  const { run } = line
  const statements: { sql: string; parameters: readonly unknown[] }[] = []
  Object.assign(line, {
    run(statement: CompiledQuery) {
      statements.push(statement)
      return run.call(line, statement)
    },
  })
  try {
    await work()
  } finally {
    Object.assign(line, { run })
  }
  // PostgreSQL reads small tables whole, index or not: what it does here without need is asked, not what it would cost.
  return server.write(async (trx) => {
    const postgres = line.dialect === 'postgres'
    if (postgres) await sql`set local enable_seqscan = off`.execute(trx)
    const plans: Plan[] = []
    for (const { sql: text, parameters } of statements) {
      const explain = `${postgres ? 'explain' : 'explain query plan'} ${text}`
      const { rows } = await lineOf(trx).run<Record<string, unknown>>({ sql: explain, parameters })
      plans.push({ statement: text, plan: rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])).join('\n') })
    }
    return plans
  })
}

/** Reading a whole table: `SCAN users` without an index on SQLite, `Seq Scan on users` on PostgreSQL. */
const WHOLE = /SCAN (users|teams|memberships|other)(?! USING (COVERING )?INDEX)|Seq Scan on (users|teams|memberships)/

test('what directories ask all the time is answered by an index, on one engine as on the other', async () => {
  const server = await startWithMany()
  const { scim, ada, teamId } = server
  const filtered = (path: string, filter: string) => () => scim(`${path}?filter=${encodeURIComponent(filter)}&startIndex=1&count=100`)
  const questions: [string, () => Promise<{ status: number }>, RegExp][] = [
    ['userName eq', filtered('/Users', 'userName eq "u50"'), /users_by_email/],
    ['externalId eq', filtered('/Users', 'externalId eq "e50"'), /users_by_external_id/],
    ['displayName eq', filtered('/Users', 'displayName eq "d50"'), /users_by_display_name/],
    ['id eq', filtered('/Users', `id eq "${ada}"`), /users_pkey|sqlite_autoindex_users_1|users_of_node/],
    ['group by name', filtered('/Groups', 'displayName eq "t50"'), /teams_by_name/],
    ['group by externalId', filtered('/Groups', 'externalId eq "e50"'), /teams_by_external_id/],
    ['first page of users', () => scim('/Users?startIndex=1&count=20'), /users_of_node/],
    ['next page of users', () => scim('/Users?startIndex=21&count=20'), /users_of_node/],
    ['first page of groups', () => scim('/Groups?excludedAttributes=members&count=20'), /teams_of_node/],
    ['page by cursor', () => scim('/Users?cursor=&count=20'), /users_of_node/],
    ['one user', () => scim(`/Users/${ada}`), /users_pkey|sqlite_autoindex_users_1/],
    ['one group with its members', () => scim(`/Groups/${teamId}`), /memberships_pkey|PRIMARY KEY/],
  ]
  for (const [name, ask, index] of questions) {
    const plans = await plansOf(server, async () => expect((await ask()).status).toBe(200))
    const text = plans.map(({ statement, plan }) => `${statement}\n${plan}`).join('\n\n')
    expect(plans.length, name).toBeGreaterThan(1)
    expect(text, name).toMatch(index)
    for (const { plan } of plans) expect(plan, `${name}: ${text}`).not.toMatch(WHOLE)
  }
})
