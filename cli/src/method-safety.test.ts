import type { Db } from '@claviger/server/storage/database.ts'
import { expect, test } from 'vitest'
import { addTeam, addUser, elementsOf, newInstallation, run, runJson, startCommand, startServing } from './testing-command.ts'

/** Each runs several commands, and a command is a process. */
const MILLIS = 120_000

/** A served method that may take something from one person, and what its directory asks of it. */
async function withDirectory(people: number) {
  const installation = await newInstallation()
  const { db, env, nodeId, method, token } = installation
  const server = await startServing(env)
  const emails = Array.from({ length: people }, (_, index) => `person${index}@example.com`)
  // One after the other: lists of people are in the order in which they came.
  const users: Awaited<ReturnType<typeof addUser>>[] = []
  for (const email of emails) users.push(await addUser(db, nodeId, email))
  await runJson(['method', 'safety', method.id, '--people', '1', '--percent', '50', '--window', '30'], { env })
  const ask = (path: string, verb: string, body?: unknown) =>
    fetch(`${server.url}/scim/v2/${nodeId}${path}`, {
      method: verb,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const lock = (userId: string) =>
    ask(`/Users/${userId}`, 'PATCH', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: { active: false, password: 'not-to-be-kept' } }],
    })
  return { ...installation, users, ask, lock }
}

const locks = (db: Db) => db.selectFrom('audit_log').select(['subject_id', 'actor']).where('action', '=', 'user.locked').execute()

test(
  'limits are shown and changed, and what is wrong with them is said',
  async () => {
    const { env, method } = await newInstallation()
    const shown = await runJson(['method', 'safety', method.id], { env })
    expect(shown).toMatchObject({
      state: 'active',
      limits: { on: true, people: 100, percent: 20, windowMinutes: 60 },
      observe: false,
      pausedBy: null,
      pausedAt: null,
      taken: { people: 0 },
      held: { requests: 0, newest: null },
    })
    const off = await run(['method', 'safety', method.id, '--off', '--observe', 'on'], { env })
    expect(off.out).toMatch(/^Changed\.\nState: {4}active\nLimits: {3}off\nObserve: {2}on/)
    expect(await runJson(['method', 'safety', method.id, '--on', '--people', '7'], { env })).toMatchObject({
      limits: { on: true, people: 7, percent: 20 },
    })
    expect(await run(['method', 'safety', method.id, '--percent', '0'], { env })).toMatchObject({
      code: 2,
      err: expect.stringContaining('from 1 to 100'),
    })
    expect((await run(['method', 'safety', method.id, '--people', 'many'], { env })).code).toBe(2)
    expect((await run(['method', 'safety', method.id, '--on', '--off'], { env })).code).toBe(2)
    expect((await run(['method', 'list'], { env })).out).toContain('active (observes)')
  },
  MILLIS,
)

test(
  'what is held is listed with whom it concerns, without passwords, and dropped or applied',
  async () => {
    const { db, env, method, nodeId, users, lock, ask } = await withDirectory(4)
    const [first, second, third, fourth] = users
    if (!first || !second || !third || !fourth) throw new Error('four people')
    const team = await addTeam(db, nodeId, 'Engineering', [third.id, fourth.id])
    expect((await lock(first.id)).status).toBe(200)
    expect((await lock(second.id)).status).toBe(503)
    expect((await ask(`/Groups/${team.id}`, 'DELETE')).status).toBe(503)
    expect(await runJson(['method', 'held', method.id], { env })).toMatchObject([
      {
        operation: 'user.lock',
        summary: 'Would lock person1@example.com.',
        people: 1,
        subject: { id: second.id, name: second.email },
        times: 1,
      },
      { operation: 'team.archive', people: 2, who: [third.email, fourth.email] },
    ])
    const rows = await db.selectFrom('held_requests').select('body').execute()
    expect(JSON.stringify(rows)).not.toContain('not-to-be-kept')
    const { out } = await run(['method', 'held', method.id], { env })
    expect(out).toMatch(/^Held: 2 removals, from 3 people\.$/m)
    expect(out).toContain('Would archive team Engineering, with 2 members.')
    expect((await run(['method', 'list'], { env })).out).toContain('paused (limits)')
    expect((await run(['doctor'], { env })).out).toMatch(/^fail +methods: .*2 removals, from 3 people.*\n +→ .*method held/m)

    expect((await run(['method', 'resume', method.id, '--reject'], { env })).out).toMatch(/^Rejected 2 held removals: nobody lost anything/)
    expect((await locks(db)).map((row) => row.subject_id)).toEqual([first.id])
    expect((await lock(second.id)).status).toBe(503)
    expect((await run(['method', 'resume', method.id], { env })).out).toMatch(/^Applied 1 held removals\.\nThe method is resumed/)
    expect(await locks(db)).toContainEqual({ subject_id: second.id, actor: 'command' })
    expect((await run(['method', 'held', method.id], { env })).out).toBe('Nothing is held.\n')
    expect(elementsOf(await runJson(['method', 'held', method.id, '--decided'], { env }))).toHaveLength(3)
    expect((await run(['method', 'resume', method.id], { env })).out).toBe(
      'Nothing changed: the method was like this already (active; e-mail that differs: warn).\n',
    )
  },
  MILLIS,
)

test(
  'applying that is killed in the middle is gone on with, and does nothing twice',
  async () => {
    const { db, env, method, users, lock } = await withDirectory(40)
    await Promise.all(users.map(({ id }) => lock(id)))
    const applying = startCommand(['method', 'resume', method.id], { env })
    await expect.poll(async () => (await locks(db)).length, { interval: 2, timeout: 20_000 }).toBeGreaterThan(3)
    applying.send('SIGKILL')
    expect((await applying.ended).code, 'it was killed before it was done').toBeNull()
    const half = await runJson(['method', 'safety', method.id], { env })
    expect(half).toMatchObject({ state: 'paused', pausedBy: 'breaker' })
    expect((await lock(users[0]?.id ?? '')).status, 'the directory waits meanwhile').toBe(503)
    const resumed = await runJson(['method', 'resume', method.id], { env })
    expect(resumed).toMatchObject({ state: 'active', failed: 0, unseen: 0 })
    const locked = (await locks(db)).map((row) => row.subject_id)
    expect(locked.toSorted()).toEqual(users.map(({ id }) => id).toSorted())
  },
  MILLIS,
)
