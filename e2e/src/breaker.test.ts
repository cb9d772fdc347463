import { expect, test } from 'vitest'
import { type Installation, type Method, startInstallation } from './installation.ts'

const people = Array.from({ length: 12 }, (_, index) => `person${index}@example.com`)

interface Held {
  summary: string
  state: string
  times: number
  result: string | null
}

/** Each runs several commands, and a command is a process. */
const MILLIS = 120_000

/** Twelve people whom Okta has assigned, and a method that may take something from three of them in an hour. */
async function withPeople() {
  const installation = await startInstallation({ mail: true })
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  for (const userName of people) await okta.assign({ userName })
  await installation.claviger('method', 'safety', method.methodId, '--people', '3')
  return { ...installation, method, okta }
}

const statuses = async ({ users }: Installation, method: Method) => Map.groupBy(await users(method), ({ status }) => status)

test(
  'Okta unassigns everybody by mistake: three are locked, the rest is held, rejected, and nobody else lost anything',
  async () => {
    const { method, okta, claviger, ...installation } = await withPeople()
    const seen = []
    for (const userName of people) seen.push(await okta.deactivate(userName))
    expect(seen.filter(({ ok }) => ok)).toHaveLength(3)
    expect(seen.at(-1)?.detail).toMatch(/Claviger has paused this directory.*held until an administrator/)
    expect((await statuses({ claviger, ...installation }, method)).get('locked')).toHaveLength(3)
    const held = await claviger<Held[]>('method', 'held', method.methodId)
    expect(held.map(({ summary }) => summary)).toEqual(people.slice(3).map((email) => `Would lock ${email}.`))
    expect(await claviger('method', 'safety', method.methodId)).toMatchObject({
      state: 'paused',
      pausedBy: 'breaker',
      held: { requests: 9, people: 9 },
    })
    expect(await claviger('method', 'resume', method.methodId, '--reject')).toMatchObject({ state: 'active', rejected: 9, applied: 0 })
    expect((await statuses({ claviger, ...installation }, method)).get('locked')).toHaveLength(3)
    expect(await claviger('method', 'held', method.methodId)).toEqual([])
    expect((await okta.reactivate(people[0] ?? '')).ok).toBe(true)
    const decided = await claviger<Held[]>('method', 'held', method.methodId, '--decided')
    expect(new Set(decided.map(({ state }) => state))).toEqual(new Set(['rejected']))
  },
  MILLIS,
)

test(
  'it was no mistake: what is held is applied, all are locked, and Okta finds it done',
  async () => {
    const { method, okta, claviger, ...installation } = await withPeople()
    for (const userName of people) await okta.deactivate(userName)
    expect(await claviger('method', 'resume', method.methodId)).toMatchObject({ state: 'active', applied: 9, failed: 0, unseen: 0 })
    expect((await statuses({ claviger, ...installation }, method)).get('locked')).toHaveLength(12)
    for (const userName of people.slice(0, 4)) expect((await okta.deactivate(userName)).ok).toBe(true)
    const lines = await installation.log(method)
    expect(lines.filter(({ summary }) => summary.startsWith('Approved, after it was held. Locked '))).toHaveLength(9)
  },
  MILLIS,
)

test(
  'a directory is connected to see what it would do, and then it does it',
  async () => {
    const { addMethod, claviger, connect, users, mail } = await startInstallation({ mail: true })
    const method = await addMethod('Staff', '--draft')
    await claviger('method', 'safety', method.methodId, '--observe', 'on')
    await claviger('method', 'save', method.methodId)
    const okta = connect(method)
    expect((await okta.test()).ok).toBe(true)
    expect((await okta.import()).ok).toBe(true)
    const refused = await okta.assign({ userName: 'ada@example.com' })
    expect(refused).toMatchObject({ ok: false, detail: expect.stringContaining('Claviger only observes this directory') })
    await okta.assign({ userName: 'grace@example.com' })
    await okta.pushGroup({ name: 'Engineering', members: [] })
    expect((await claviger<{ summary: string }[]>('method', 'observed', method.methodId)).map(({ summary }) => summary)).toEqual([
      'Would create the pending team Engineering.',
      'Would invite grace@example.com.',
      'Would invite ada@example.com.',
    ])
    expect(await users(method)).toEqual([])
    expect(mail?.arrived).toEqual([])
    await claviger('method', 'safety', method.methodId, '--observe', 'off')
    expect((await okta.assign({ userName: 'ada@example.com' })).ok).toBe(true)
    expect(await users(method)).toMatchObject([{ email: 'ada@example.com', status: 'invited' }])
  },
  MILLIS,
)
