import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startSafety } from '../api/console/testing-safety.ts'
import { lockMethod } from '../provisioning/methods.ts'
import { oktaGroup, patchOf } from '../scim/testing-server.ts'
import { forgetTaken, mayTake } from './limits.ts'

const MINUTE = 60_000
const WINDOW = 10
const PEOPLE = 4

interface Accepted {
  at: number
  userIds: readonly string[]
}

/** Distinct people whom these took something from within the window that ends at `at`. */
function within(accepted: readonly Accepted[], at: number): Set<string> {
  return new Set(accepted.filter((each) => each.at > at - WINDOW * MINUTE && each.at <= at).flatMap(({ userIds }) => userIds))
}

test('whatever is asked for at whatever time, all at once or one by one, no window has more people than the limit', async () => {
  const { write, methodId, people } = await startSafety({ people: PEOPLE, percent: 100, windowMinutes: WINDOW })
  const ids = (await people(9)).map(({ userId }) => userId)
  const request = fc.uniqueArray(fc.nat(ids.length - 1), { minLength: 1, maxLength: 3 })
  const round = fc.record({ minutes: fc.integer({ min: 0, max: 8 }), requests: fc.array(request, { minLength: 1, maxLength: 4 }) })
  const ask = (userIds: string[], at: number) => write(async (trx) => mayTake(trx, await lockMethod(trx, methodId), userIds, at))
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 12 }), async (rounds) => {
      await write((trx) => forgetTaken(trx, methodId))
      const accepted: Accepted[] = []
      let at = Date.now()
      for (const { minutes, requests } of rounds) {
        at += minutes * MINUTE
        const asked = requests.map((picked) => picked.map((index) => ids[index] ?? ''))
        const answers = await Promise.all(asked.map((userIds) => ask(userIds, at)))
        for (const [index, userIds] of asked.entries()) if (answers[index]) accepted.push({ at, userIds })
        expect(within(accepted, at).size).toBeLessThanOrEqual(PEOPLE)
        const taken = within(accepted, at)
        // And nobody is stopped for nothing: what was refused would have passed the limit.
        for (const [index, userIds] of asked.entries()) {
          if (!answers[index]) expect(new Set([...taken, ...userIds]).size).toBeGreaterThan(PEOPLE)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('whatever a directory asks for in whatever order and an administrator rejects, nobody beyond the limit loses anything', async () => {
  const { write, methodId, people, team, scim, lock, safety, ada, path, db } = await startSafety({ people: PEOPLE, percent: 100 })
  let runs = 0
  type Act = { kind: 'lock' | 'delete' | 'leave' | 'bulk' | 'empty' | 'reject'; who: number; other: number }
  const act: fc.Arbitrary<Act> = fc.record({
    kind: fc.constantFrom('lock' as const, 'delete' as const, 'leave' as const, 'bulk' as const, 'empty' as const, 'reject' as const),
    who: fc.nat(7),
    other: fc.nat(7),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(act, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 }), async (rounds) => {
      const run = ++runs
      await ada.ask(`${path}/held/reject`, {})
      await write((trx) => forgetTaken(trx, methodId))
      const everybody = await people(8, `run${run}person`)
      const ids = everybody.map(({ userId }) => userId)
      const teamId = await team(`Team ${run}`, everybody)
      const leave = (...userIds: string[]) => patchOf({ op: 'remove', path: 'members', value: userIds.map((value) => ({ value })) })
      const perform = ({ kind, who, other }: Act): Promise<{ status: number }> => {
        const [one = '', two = ''] = [ids[who], ids[other]]
        if (kind === 'lock') return lock(one)
        if (kind === 'delete') return scim(`/Users/${one}`, { method: 'DELETE' })
        if (kind === 'leave') return scim(`/Groups/${teamId}`, { method: 'PATCH', body: leave(one, two) })
        if (kind === 'empty') return scim(`/Groups/${teamId}`, { method: 'PUT', body: oktaGroup(`Team ${run}`, [one]) })
        if (kind === 'reject') return ada.ask(`${path}/held/reject`, {})
        const Operations = [one, two].map((id) => ({ method: 'DELETE', path: `/Users/${id}` }))
        return scim('/Bulk', { body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations } })
      }
      for (const acts of rounds) {
        const answers = await Promise.all(acts.map(perform))
        for (const { status } of answers) expect([200, 204, 400, 404, 503]).toContain(status)
        const whole = await db
          .selectFrom('users as u')
          .innerJoin('memberships as m', 'm.user_id', 'u.id')
          .select('u.id')
          .where('u.id', 'in', ids)
          .where('u.status', '=', 'active')
          .where('u.deleted_at', 'is', null)
          .where('m.team_id', '=', teamId)
          .where('m.state', '=', 'active')
          .execute()
        expect(ids.length - whole.length).toBeLessThanOrEqual(PEOPLE)
        expect((await safety()).taken.people).toBeLessThanOrEqual(PEOPLE)
      }
    }),
    { numRuns: 12 },
  )
})
