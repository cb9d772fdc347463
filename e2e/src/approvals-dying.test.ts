import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { expect, test } from 'vitest'
import { approve, expectWhole, opened, startApprovals } from './approval-scene.ts'

/** The account on a device that dies at its request number `at`: before it was sent, or before its answer came. */
function dyingAt(account: OpenAccount, at: number, when: 'before' | 'after'): { account: OpenAccount; died: () => boolean } {
  let requests = 0
  let died = false
  const mortal: typeof fetch = async (input, init) => {
    if (died) throw new TypeError('the process is gone')
    if (requests++ === at) died = true
    const answer = died && when === 'before' ? undefined : await fetch(input, init)
    if (died || answer === undefined) throw new TypeError('the process is gone')
    return answer
  }
  return { account: { ...account, connection: { ...account.connection, fetch: mortal } }, died: () => died }
}

test('an approver who dies between any two steps leaves nothing that the next one does not finish', { timeout: 120_000 }, async () => {
  const scene = await startApprovals()
  const { ada, person, pushTeam, addTo, removeFrom, members, team } = scene
  const [grace, joan] = [await person('grace'), await person('joan')]
  let last = false
  for (let at = 0; !last; at++) {
    for (const when of ['before', 'after'] as const) {
      const active = await pushTeam(`Active ${at} ${when}`, grace, joan)
      await approve(ada, { certify: true })
      const fresh = await person(`fresh-${at}-${when}`)
      await removeFrom(active, joan)
      await addTo(active, fresh)
      const pending = await pushTeam(`Pending ${at} ${when}`, grace, fresh)
      const { account, died } = dyingAt(ada, at, when)
      const attempt = await approve(account, { certify: true }).catch((error: unknown) => error)
      last = !died()
      if (!last) expect(attempt).toMatchObject({ code: 'unreachable' })
      await approve(ada, { certify: true })
      const name = `fresh-${at}-${when}`
      expect([at, when, await members(active), await members(pending)]).toEqual([
        at,
        when,
        { grace: 'active 2', [name]: 'active 2' },
        { grace: 'active 1', [name]: 'active 1' },
      ])
      expect([await team(active), await team(pending)]).toMatchObject([
        { key_epoch: 2, rotation_due: 0 },
        { key_epoch: 1, rotation_due: 0, status: 'active' },
      ])
      for (const [teamId, epoch] of [
        [active, 2],
        [pending, 1],
      ] as const) {
        const key = await opened(fresh, teamId, epoch)
        expect([await opened(grace, teamId, epoch), await opened(ada, teamId, epoch)]).toEqual([key, key])
        await expectWhole(scene, teamId)
      }
    }
  }
})

test('a member who dies after renewing the key still holds it, and the others follow', async () => {
  const { ada, person, pushTeam, removeFrom, members } = await startApprovals()
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  const teamId = await pushTeam('Engineering', grace, joan, lee)
  await approve(ada, { certify: true })
  await removeFrom(teamId, joan)
  const mortal: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init)
    if (String(input).endsWith('/rotate')) throw new TypeError('the process is gone')
    return answer
  }
  await expect(approve({ ...grace, connection: { ...grace.connection, fetch: mortal } })).rejects.toMatchObject({ code: 'unreachable' })
  expect(await members(teamId)).toEqual({ grace: 'active 2', lee: 'active 1' })
  expect(await approve(grace)).toMatchObject({ renewed: [{ email: 'lee@example.com' }] })
  expect(await opened(lee, teamId, 2)).toBe(await opened(grace, teamId, 2))
})
