import { expect, test, vi } from 'vitest'
import { invite } from '../invitations/invite.ts'
import { addUser, NOON } from '../invitations/testing.ts'
import { notify } from '../notices/notify.ts'
import { openTestDatabase } from '../storage/testing.ts'
import { write } from '../storage/write.ts'
import { startMailSender } from './sender.ts'
import { startMailServer } from './testing-mail-server.ts'
import { openMailTransport } from './transport.ts'

test('a notice goes out beside invitations, under its own words', async () => {
  const [db, server] = [await openTestDatabase(), await startMailServer()]
  const { id: userId, enterpriseId } = await addUser(db, { firstName: 'Ada' })
  await write(db, (trx) => trx.updateTable('users').set({ registered_at: NOON, status: 'active' }).execute())
  await write(db, (trx) => notify(trx, { userId, enterpriseId, kind: 'password-changed', detail: {} }, NOON))
  const joan = await addUser(db, { email: 'joan@example.com' })
  await write(db, (trx) => invite(trx, joan, NOON))
  const sender = startMailSender({
    db,
    transport: openMailTransport(server.url),
    publicUrl: 'https://vault.example.com',
    from: 'Claviger <vault@example.com>',
    now: () => NOON,
    pollMillis: 20,
  })
  await vi.waitFor(() => expect(server.arrived).toHaveLength(2), { timeout: 10_000, interval: 10 })
  await sender.stop()
  const arrived = server.arrived.map(({ to, headers }) => `${String(to)}: ${headers.get('subject')}`)
  expect(arrived.toSorted()).toEqual([
    'ada@example.com: Your password was changed (Claviger at Acme)',
    'joan@example.com: Acme invites you to Claviger',
  ])
})
