import { chmodSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../config.ts'
import { createEnterprise } from '../enterprises/create.ts'
import { invite } from '../invitations/invite.ts'
import { startMailServer } from '../mail/testing-mail-server.ts'
import { addNode } from '../nodes/nodes.ts'
import { addMethod, saveMethod, setPaused } from '../provisioning/methods.ts'
import type { Db } from '../storage/database.ts'
import { openTestStore } from '../storage/testing.ts'
import { write } from '../storage/write.ts'
import { openTestApp } from '../testing-app.ts'
import { runDoctor } from './doctor.ts'
import type { Finding } from './finding.ts'
import { checkNode, checkSettings } from './machine.ts'

const DAY = 86_400_000

function configOf(location: string, settings: NodeJS.ProcessEnv = {}) {
  const store = location.startsWith('postgres') ? { CLAVIGER_DATABASE_URL: location } : { CLAVIGER_DATA: dirname(location) }
  return readConfig({ CLAVIGER_PUBLIC_URL: 'http://127.0.0.1:9', ...store, ...settings })
}

/** What is not ok, as `check outcome: words`. */
function complaints(findings: readonly Finding[]): string[] {
  return findings.filter(({ outcome }) => outcome !== 'ok').map(({ check, outcome, words }) => `${check} ${outcome}: ${words}`)
}

/** A method on a node of its own, and the enterprise's first administrator. */
async function connect(db: Db, names: readonly string[], at: number) {
  return write(db, async (trx) => {
    const { enterpriseId } = await createEnterprise(trx, { name: 'Example', administrator: 'admin@example.com' }, at)
    const methods = new Map<string, string>()
    for (const name of names) {
      const node = await addNode(trx, { name, parentId: null }, 'command', at)
      methods.set(name, (await addMethod(trx, node.id, 'command', at)).method.id)
    }
    return { enterpriseId, methodOf: (name: string) => methods.get(name) ?? '' }
  })
}

test('of an installation that works, nothing is said but that it is for this machine only', async () => {
  const { db, location } = await openTestStore()
  const { methodOf } = await connect(db, ['Staff'], Date.now())
  await write(db, (trx) => saveMethod(trx, methodOf('Staff'), 'command', Date.now()))
  const { app } = await openTestApp({ db })
  const publicUrl = await app.listen({ host: '127.0.0.1', port: 0 })
  const { url } = await startMailServer()
  const findings = await runDoctor(configOf(location, { CLAVIGER_PUBLIC_URL: publicUrl, CLAVIGER_SMTP_URL: url }))
  // The disk of the machine, and the tests' PostgreSQL without fsync, are what they are.
  const ours = findings.filter(({ check }) => check !== 'disk' && check !== 'durability')
  expect(complaints(ours)).toEqual([`address warn: ${publicUrl} is for this machine only`])
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['Node', 'store', 'tables', 'integrity', 'clock', 'reach', 'mail', 'methods']),
  )
  for (const { outcome, advice } of findings)
    expect(outcome === 'ok' ? advice : typeof advice).toBe(outcome === 'ok' ? undefined : 'string')
})

test('methods that are drafts, paused, without a token, or whose token expires or lies unused are named with what to do', async () => {
  const { db, location } = await openTestStore()
  const { methodOf } = await connect(db, ['Draft', 'Paused', 'Revoked', 'Expiring', 'Silent'], Date.now() - 30 * DAY)
  const setToken = (name: string, values: Partial<{ expires_at: number; last_used_at: number; revoked_at: number }>) =>
    write(db, (trx) => trx.updateTable('provisioning_tokens').set(values).where('method_id', '=', methodOf(name)).execute())
  await write(db, async (trx) => {
    for (const name of ['Paused', 'Revoked', 'Expiring', 'Silent']) await saveMethod(trx, methodOf(name), 'command', Date.now())
    await setPaused(trx, methodOf('Paused'), true, 'command', Date.now())
  })
  await setToken('Paused', { last_used_at: Date.now() })
  await setToken('Revoked', { revoked_at: Date.now() })
  await setToken('Expiring', { last_used_at: Date.now(), expires_at: Date.now() + 3 * DAY })
  await setToken('Silent', { last_used_at: Date.now() - 20 * DAY })
  const findings = await runDoctor(configOf(location))
  const said = complaints(findings).filter((line) => /^(methods|tokens)/.test(line))
  expect(said).toEqual([
    'methods warn: the method of Draft is a draft: the directory is refused',
    expect.stringMatching(/^tokens warn: the token of Draft that ends in .{4} was never used$/),
    'methods warn: the method of Paused is paused: nothing of the directory is applied',
    'tokens fail: the method of Revoked has no valid token: the directory is refused',
    expect.stringMatching(/^tokens warn: the token of Expiring that ends in .{4} expires in 3 days$/),
    expect.stringMatching(/^tokens warn: the token of Silent that ends in .{4} was last used 20 days ago$/),
  ])
  expect(findings.map(({ advice }) => advice)).toContain(`claviger method save ${methodOf('Draft')}`)
})

test('invitations that failed or wait for long are found', async () => {
  const { db, location } = await openTestStore()
  const { enterpriseId } = await connect(db, [], Date.now())
  const admin = await db.selectFrom('users').selectAll().executeTakeFirstOrThrow()
  await write(db, (trx) => invite(trx, { ...admin, enterpriseId }, Date.now() - DAY))
  expect(complaints(await runDoctor(configOf(location)))).toContain('invitations warn: some have waited for more than ten minutes')
  await write(db, (trx) => trx.updateTable('outbox').set({ state: 'failed', last_error: 'no such mailbox' }).execute())
  expect(complaints(await runDoctor(configOf(location)))).toContain(
    'invitations warn: 1 could not be sent; the last because: no such mailbox',
  )
})

test('a database that can lose what it has answered is found', async ({ skip }) => {
  const { location } = await openTestStore()
  skip(!location.startsWith('postgres'), 'SQLite is set by Claviger itself')
  // The tests' PostgreSQL runs without fsync, to be fast.
  expect(complaints(await runDoctor(configOf(location)))).toContain(
    'durability fail: fsync is off: changes that were answered can be lost in a power cut',
  )
})

test('a folder that others can look into is found', async ({ skip }) => {
  const { location } = await openTestStore()
  skip(location.startsWith('postgres'), 'PostgreSQL has its own folder')
  chmodSync(dirname(location), 0o755)
  expect(complaints(await runDoctor(configOf(location)))).toContainEqual(
    expect.stringContaining('folder warn: others on this machine can look into'),
  )
})

test('a store that is not there, and a database that is none, are named; neither is made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-doctor-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'claviger.db')
  const look = async (location: string) => complaints(await runDoctor(configOf(location))).filter((line) => line.startsWith('store'))
  expect(await look(path)).toEqual([`store fail: there is no store at ${path}`])
  expect(await look(path)).toHaveLength(1) // still not there
  expect(await look('postgres://u:pa55@127.0.0.1:9/x')).toEqual([expect.stringContaining('store fail: the store cannot be read:')])
  expect((await look('postgres://u:pa55@127.0.0.1:9/x')).join()).not.toContain('pa55')
})

test('an address that does not answer, or answers for something else, is named', async () => {
  const { location } = await openTestStore()
  const look = async (publicUrl: string) =>
    complaints(await runDoctor(configOf(location, { CLAVIGER_PUBLIC_URL: publicUrl }))).filter((line) => /^(reach|address)/.test(line))
  expect(await look('http://127.0.0.1:9')).toContainEqual(expect.stringContaining('reach fail: http://127.0.0.1:9 does not answer'))
  const stranger = createServer((_, answer) => answer.end('hello')).listen(0, '127.0.0.1')
  onTestFinished(() => void stranger.close())
  await new Promise((resolve) => stranger.once('listening', resolve))
  const { port } = stranger.address() as AddressInfo
  expect(await look(`http://127.0.0.1:${port}`)).toContainEqual(expect.stringContaining('(status 200) is not Claviger'))
  expect(await look('http://vault.invalid')).toContain('address fail: http://vault.invalid is not encrypted: tokens can be read on the way')
})

test('a mail server that is not there or does not let us in is named, without the password', async () => {
  const { location } = await openTestStore()
  const look = async (smtpUrl: string) =>
    complaints(await runDoctor(configOf(location, { CLAVIGER_SMTP_URL: smtpUrl }))).filter((line) => line.startsWith('mail'))
  const { url } = await startMailServer(
    {},
    { authOptional: false, allowInsecureAuth: true, onAuth: (_auth, _session, done) => done(new Error('no')) },
  )
  const withPassword = url.replace('smtp://', 'smtp://mailer:pa55word@')
  expect(await look('smtp://mailer:pa55word@127.0.0.1:9')).toEqual([
    expect.stringContaining('mail fail: the mail server 127.0.0.1:9 does not work'),
  ])
  const [refused] = await look(withPassword)
  expect(refused).toContain('does not work')
  expect(refused).not.toContain('pa55word')
  expect(complaints(await runDoctor(configOf(location)))).toContain('mail warn: no mail server is set: invitations are not sent')
})

test('an old Node and a misspelt setting are named', () => {
  expect(complaints([checkNode('20.20.2'), checkNode('24.21.0'), checkSettings(['CLAVIGER_PUBLICURL']), checkSettings([])])).toEqual([
    'Node fail: Node 20.20.2 is too old: Claviger needs 24',
    'settings warn: no setting has the name CLAVIGER_PUBLICURL',
  ])
})
