import { sql } from 'kysely'
import { expect, test, vi } from 'vitest'
import { findOpenInvitation, openInvitations } from '../invitations/find.ts'
import { cancelInvitations, INVITATION_MILLIS, invite, resendInvitation } from '../invitations/invite.ts'
import { readInvitationToken } from '../invitations/link.ts'
import { addUser, NOON } from '../invitations/testing.ts'
import type { Db } from '../storage/database.ts'
import { closeDatabase, openDatabase } from '../storage/open.ts'
import { loadSecret } from '../storage/secrets.ts'
import { openTestDatabase, openTestStore } from '../storage/testing.ts'
import { write } from '../storage/write.ts'
import { LEASE_MILLIS } from './outbox.ts'
import { type MailResult, type MailSenderOptions, startMailSender } from './sender.ts'
import { type ArrivedMail, startMailServer } from './testing-mail-server.ts'
import { openMailTransport } from './transport.ts'

const PUBLIC_URL = 'https://vault.example.com'
const MINUTE = 60_000
const TWO_MINUTES = 2 * MINUTE

/** A sender with a clock that the test moves. */
function startSender(db: Db, url: string | undefined, options: Partial<MailSenderOptions> = {}) {
  let time = NOON
  const results: MailResult[] = []
  const sender = startMailSender({
    db,
    transport: url === undefined ? undefined : openMailTransport(url),
    publicUrl: PUBLIC_URL,
    from: 'Claviger <vault@example.com>',
    onResult: (result) => results.push(result),
    now: () => time,
    pollMillis: 20,
    ...options,
  })
  return {
    results,
    wake: sender.wake,
    stop: sender.stop,
    pass(millis: number) {
      time += millis
      sender.wake()
    },
  }
}

async function addInvited(db: Db, person: Parameters<typeof addUser>[1] = {}) {
  const user = await addUser(db, person)
  await write(db, (trx) => invite(trx, user, NOON))
  return user
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 10 })
const stateOf = async (db: Db, userId: string) => (await openInvitations(db, [userId])).get(userId)

function linkIn({ text }: ArrivedMail) {
  const [link] = /^https:\S+$/m.exec(text) ?? []
  if (link === undefined) throw new Error('the mail holds no link')
  return link
}

async function invitationOf(db: Db, mail: ArrivedMail) {
  const id = readInvitationToken(await loadSecret(db, 'invitations'), new URL(linkIn(mail)).hash.slice(1))
  return id === null ? null : findOpenInvitation(db, id, NOON)
}

test('Create users: an e-mail goes out that greets by first name and holds a link to create the account', async () => {
  const [db, server] = [await openTestDatabase(), await startMailServer()]
  const sender = startSender(db, server.url, { pollMillis: 10_000 })
  const user = await addInvited(db, { firstName: 'Ada', enterpriseName: 'Acme' })
  sender.wake()
  await until(async () => expect(await stateOf(db, user.id)).toMatchObject({ state: 'sent', attempts: 1, sentAt: NOON }))
  const [mail, ...others] = server.arrived
  if (!mail) throw new Error('no mail arrived')
  expect(others).toEqual([])
  expect(mail.to).toEqual(['ada@example.com'])
  expect(mail.from).toBe('vault@example.com')
  expect(mail.headers.get('to')).toBe('ada@example.com')
  expect(mail.headers.get('from')).toBe('Claviger <vault@example.com>')
  expect(mail.headers.get('subject')).toBe('Acme invites you to Claviger')
  expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
  expect(mail.text).toContain('Hello Ada,')
  expect(mail.html).toContain('Hello Ada,')
  expect(mail.html).toContain(linkIn(mail))
  expect(linkIn(mail)).toMatch(/^https:\/\/vault\.example\.com\/invite#/)
  expect(await invitationOf(db, mail)).toMatchObject({ userId: user.id, purpose: 'join' })
  await sender.stop()
  expect(sender.results).toEqual(['sent'])
})

test('names in any script arrive as they are written', async () => {
  const [db, server] = [await openTestDatabase(), await startMailServer()]
  await addInvited(db, { firstName: 'Żółć 明 😀', enterpriseName: 'Größe & Söhne <GmbH>' })
  const sender = startSender(db, server.url)
  await until(() => expect(server.arrived).toHaveLength(1))
  expect(server.arrived[0]?.headers.get('subject')).toBe('Größe & Söhne <GmbH> invites you to Claviger')
  expect(server.arrived[0]?.text).toContain('Hello Żółć 明 😀,')
  expect(server.arrived[0]?.html).toContain('Größe &#38; Söhne &#60;GmbH&#62;')
  await sender.stop()
})

test('names with line breaks add no header and no recipient', async () => {
  const [db, server] = [await openTestDatabase(), await startMailServer()]
  await addInvited(db, { firstName: 'Ada\r\nBcc: eve@example.com', enterpriseName: 'Acme\r\nBcc: eve@example.com\r\n\r\nhello' })
  const sender = startSender(db, server.url)
  await until(() => expect(server.arrived).toHaveLength(1))
  expect(server.arrived[0]?.to).toEqual(['ada@example.com'])
  expect(server.arrived[0]?.headers.has('bcc')).toBe(false)
  expect(server.arrived[0]?.headers.get('subject')).toBe('Acme Bcc: eve@example.com hello invites you to Claviger')
  await sender.stop()
})

test('an address that hides a second one reaches nobody else', async () => {
  const [db, server] = [await openTestDatabase(), await startMailServer()]
  const addresses = ['ada@example.com, eve@example.com', 'ada@example.com>\r\nRCPT TO:<eve@example.com', 'x <eve@example.com>']
  for (const email of addresses) await addInvited(db, { email })
  const sender = startSender(db, server.url)
  await until(() => expect(sender.results).toHaveLength(3))
  expect(server.offered).not.toContain('eve@example.com')
  expect(sender.results).toEqual(['failed', 'failed', 'failed'])
  await sender.stop()
})

test('a mail that the server puts off (451) is delivered at its next turn, under the same Message-ID', async () => {
  const db = await openTestDatabase()
  const said = [{ code: 451, text: 'greylisted, try later' }]
  const server = await startMailServer({ recipient: () => said.shift() })
  const user = await addInvited(db)
  const sender = startSender(db, server.url)
  await until(() => expect(sender.results).toEqual(['retried']))
  const waiting = await stateOf(db, user.id)
  expect(waiting).toMatchObject({ state: 'queued', attempts: 1 })
  expect(waiting?.lastError).toMatch(/451 .*greylisted, try later/)
  expect(server.arrived).toEqual([])
  sender.pass(TWO_MINUTES)
  await until(async () => expect(await stateOf(db, user.id)).toMatchObject({ state: 'sent', attempts: 2, lastError: null }))
  const row = await db.selectFrom('outbox').select('id').executeTakeFirstOrThrow()
  expect(server.arrived.map(({ headers }) => headers.get('message-id'))).toEqual([`<${row.id}@vault.example.com>`])
  await sender.stop()
})

test('a recipient whom the server refuses has failed at once, and the next mail goes out', async () => {
  const db = await openTestDatabase()
  const server = await startMailServer({
    recipient: (address) => (address.startsWith('nobody') ? { code: 550, text: 'no such user' } : undefined),
  })
  const nobody = await addInvited(db, { email: 'nobody@example.com' })
  const ada = await addInvited(db)
  const sender = startSender(db, server.url)
  await until(() => expect(sender.results.toSorted()).toEqual(['failed', 'sent']))
  expect(await stateOf(db, nobody.id)).toMatchObject({ state: 'failed', attempts: 1, lastError: expect.stringContaining('no such user') })
  expect(await stateOf(db, ada.id)).toMatchObject({ state: 'sent' })
  await sender.stop()
})

test('mail waits while the mail server is down, tried with one mail at a time, and all of it goes out when it is back', async () => {
  const db = await openTestDatabase()
  const down = await startMailServer()
  await down.close()
  const users = []
  for (let i = 0; i < 8; i++) users.push(await addInvited(db, { email: `u${i}@example.com` }))
  const sender = startSender(db, down.url, { concurrency: 2 })
  await until(() => expect(sender.results).toEqual(['retried', 'retried']))
  sender.pass(MINUTE / 2)
  await until(() => expect(sender.results).toEqual(['retried', 'retried', 'retried']))
  const up = await startMailServer({}, {}, down.port)
  for (let i = 0; i < 3; i++) sender.pass(TWO_MINUTES)
  await until(() => expect(up.arrived).toHaveLength(8))
  await sender.stop()
  const found = await openInvitations(
    db,
    users.map(({ id }) => id),
  )
  expect([...found.values()].map(({ state }) => state)).toEqual(Array(8).fill('sent'))
  expect(new Set(up.arrived.flatMap(({ to }) => to)).size).toBe(8)
})

test('two senders on one store deliver each mail once', async () => {
  const { db, location } = await openTestStore()
  const other = await openDatabase(location)
  const server = await startMailServer()
  for (let i = 0; i < 30; i++) await addInvited(db, { email: `u${i}@example.com` })
  const senders = [startSender(db, server.url), startSender(other, server.url)]
  await until(() => expect(senders.flatMap(({ results }) => results)).toHaveLength(30))
  await Promise.all(senders.map(({ stop }) => stop()))
  expect(server.arrived.map(({ to }) => String(to)).toSorted()).toEqual(
    Array.from({ length: 30 }, (_, i) => `u${i}@example.com`).toSorted(),
  )
  await closeDatabase(other)
})

test('the mail of a sender that died is sent by another when the lease is over', async () => {
  const [db, server] = [await openTestDatabase(), await startMailServer()]
  const user = await addInvited(db)
  await write(db, (trx) =>
    trx
      .updateTable('outbox')
      .set({ due_at: NOON + LEASE_MILLIS, attempts: 1 })
      .execute(),
  )
  const sender = startSender(db, server.url)
  sender.pass(LEASE_MILLIS - 1)
  sender.pass(1)
  await until(async () => expect(await stateOf(db, user.id)).toMatchObject({ state: 'sent', attempts: 2, sentAt: NOON + LEASE_MILLIS }))
  await sender.stop()
})

test('expired and cancelled invitations are never sent', async () => {
  const [db, server] = [await openTestDatabase(), await startMailServer()]
  await addInvited(db, { email: 'expired@example.com' })
  const cancelled = await addInvited(db, { email: 'cancelled@example.com' })
  await write(db, (trx) => cancelInvitations(trx, cancelled.id, NOON))
  const sender = startSender(db, server.url, { now: () => NOON + INVITATION_MILLIS })
  await until(() => expect(sender.results).toEqual(['cancelled']))
  await sender.stop()
  expect(server.offered).toEqual([])
})

test('sending an invitation anew mails a new link, and the old one opens nothing', async () => {
  const [db, server] = [await openTestDatabase(), await startMailServer()]
  const user = await addInvited(db)
  const sender = startSender(db, server.url)
  await until(() => expect(sender.results).toHaveLength(1))
  await write(db, (trx) => resendInvitation(trx, user, NOON))
  sender.wake()
  await until(() => expect(sender.results).toHaveLength(2))
  const [old, fresh] = server.arrived
  if (!old || !fresh) throw new Error('two mails were to arrive')
  expect(await invitationOf(db, old)).toBeNull()
  expect(await invitationOf(db, fresh)).toMatchObject({ userId: user.id })
  await sender.stop()
})

test('where no mail server is set, mail is held and the invitation stays open', async () => {
  const db = await openTestDatabase()
  const user = await addInvited(db)
  const sender = startSender(db, undefined)
  sender.wake()
  await sender.stop()
  expect(await stateOf(db, user.id)).toMatchObject({ state: 'queued', attempts: 0, lastError: null })
})

test('a sender that is stopped finishes what is under way and takes no more', async () => {
  const db = await openTestDatabase()
  let goOn = () => {}
  const mayGoOn = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const server = await startMailServer({ before: () => mayGoOn })
  for (let i = 0; i < 3; i++) await addInvited(db, { email: `u${i}@example.com` })
  const sender = startSender(db, server.url, { concurrency: 1 })
  await until(() => expect(server.offered).toHaveLength(1))
  const stopped = sender.stop()
  goOn()
  await stopped
  expect(sender.results).toEqual(['sent'])
  expect(server.offered).toHaveLength(1)
})

test('a database that is away for a while is survived', async () => {
  const [db, server] = [await openTestDatabase(), await startMailServer()]
  const errors: string[] = []
  const log = { warn() {}, error: (_: object, message: string) => errors.push(message) }
  const user = await addInvited(db)
  await hideOutbox(db)
  const sender = startSender(db, server.url, { log })
  await until(() => expect(errors.length).toBeGreaterThan(2))
  await showOutbox(db)
  await until(async () => expect(await stateOf(db, user.id)).toMatchObject({ state: 'sent' }))
  expect(new Set(errors)).toEqual(new Set(['cannot read the outbox; trying again']))
  await sender.stop()
})

test('a mail that was sent while the database was away is noted when it is back, and not sent twice', async () => {
  const db = await openTestDatabase()
  const server = await startMailServer({ before: () => hideOutbox(db) })
  const user = await addInvited(db)
  const errors: string[] = []
  const log = { warn() {}, error: (_: object, message: string) => errors.push(message) }
  const sender = startSender(db, server.url, { log })
  await until(() => expect(errors).toContain('cannot note what became of a mail'))
  await showOutbox(db)
  await until(async () => expect(await stateOf(db, user.id)).toMatchObject({ state: 'sent', attempts: 1 }))
  await sender.stop()
  expect(server.arrived).toHaveLength(1)
})

async function hideOutbox(db: Db) {
  await write(db, (trx) => sql`alter table outbox rename to hidden`.execute(trx))
}

async function showOutbox(db: Db) {
  await write(db, (trx) => sql`alter table hidden rename to outbox`.execute(trx))
}
