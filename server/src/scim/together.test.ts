import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createUsers, expectRefusal, memberIds, oktaGroup, oktaUser, patchOf, startScim } from './testing-server.ts'

/** Numbers that look random and are the same in every run. */
function dice(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

test('a storm of changes to few users and groups breaks nothing, loses nobody and leaves true totals', async () => {
  const { scim, db } = await startScim()
  const roll = dice(7)
  const name = (i: number) => `user${i}@example.com`
  const ids = await createUsers(scim, ...Array.from({ length: 10 }, (_, i) => name(i)))
  const groups = await Promise.all(['A', 'B', 'C'].map(async (group) => (await scim('/Groups', { body: oktaGroup(group, ids) })).body.id))
  const some = () => ids.filter(() => roll(2) === 0).toSorted(() => roll(3) - 1)
  const someGroup = () => `/Groups/${groups[roll(3)]}`
  // Each has two names of their own: two who swap theirs make PostgreSQL wait a second before it sees the deadlock.
  const rename = (i: number) => scim(`/Users/${ids[i]}`, { method: 'PUT', body: oktaUser(name(i + 10 * roll(2))) })
  const acts = [
    () => scim('/Users', { body: oktaUser(name(roll(20))) }),
    () => scim(`/Users/${ids[roll(10)]}`, { method: 'DELETE' }),
    () => scim(`/Users/${ids[roll(10)]}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: roll(2) === 0 } }) }),
    () => rename(roll(10)),
    () => scim(someGroup(), { method: 'PATCH', body: patchOf({ op: 'add', path: 'members', value: some().map((value) => ({ value })) }) }),
    () =>
      scim(someGroup(), { method: 'PATCH', body: patchOf({ op: 'replace', path: 'members', value: some().map((value) => ({ value })) }) }),
    () =>
      scim(someGroup(), { method: 'PATCH', body: patchOf({ op: 'remove', path: 'members', value: some().map((value) => ({ value })) }) }),
    () => scim(someGroup(), { method: 'PATCH', body: patchOf({ op: 'replace', path: 'displayName', value: `Team ${roll(1_000)}` }) }),
    () => scim('/Users?count=5'),
    () => scim(someGroup()),
  ]
  for (let round = 0; round < 8; round++) {
    const answers = await Promise.all(Array.from({ length: 40 }, () => acts[roll(acts.length)]?.()))
    for (const answer of answers) expect([200, 201, 204, 400, 404, 409]).toContain(answer?.status)
  }
  const { body: users } = await scim('/Users?count=1000')
  expect((await scim('/Users?count=1')).body.totalResults).toBe(users.Resources.length)
  expect((await scim('/Groups?count=1')).body.totalResults).toBe(3)
  const alive = new Set(users.Resources.map(({ id }: { id: string }) => id))
  for (const group of groups) for (const member of await memberIds(scim, group)) expect(alive).toContain(member)
  const open = await db
    .selectFrom('invitations')
    .select('user_id')
    .where('cancelled_at', 'is', null)
    .where('purpose', '=', 'join')
    .groupBy('user_id')
    .having((eb) => eb.fn.countAll<number>(), '>', 1)
    .execute()
  expect(open).toEqual([])
})

test('an error of our own is answered without its words, leaves nothing behind, and has its line in the log', async () => {
  const { scim, db, write, log } = await startScim()
  await write((trx) => sql`alter table outbox rename to gone`.execute(trx))
  const answer = await scim('/Users', { body: oktaUser('ada@example.com') })
  expectRefusal(answer, 500)
  expect(answer.body.detail).toContain(answer.headers.get('x-request-id'))
  expect(JSON.stringify(answer.body)).not.toMatch(/outbox|relation|table/)
  expect((await db.selectFrom('users').select('email').execute()).map(({ email }) => email)).toEqual(['admin@example.com'])
  const [line] = await log(1)
  expect(line).toMatchObject({ status: 500, advice: expect.stringContaining(answer.headers.get('x-request-id') ?? '?') })
  await write((trx) => sql`alter table gone rename to outbox`.execute(trx))
  expect((await scim('/Users', { body: oktaUser('ada@example.com') })).status).toBe(201)
})
