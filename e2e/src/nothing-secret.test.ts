import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { openAccount } from '@claviger/client/account/open.ts'
import { exportPrivateKey } from '@claviger/client/keys/key-pair.ts'
import { fileProfileStore } from 'claviger/src/profile.ts'
import { run, runJson } from 'claviger/src/testing-command.ts'
import { expect, test } from 'vitest'
import { startInstallation } from './installation.ts'
import { holds, startRecordingProxy } from './recording-proxy.ts'

const passwords = { admin: 'thirteen-violet-otters-juggle', grace: 'marzipan lighthouse overture 88' }
const secrets = {
  folder: 'Payroll of the northern office',
  title: 'Ledger of the second quarter',
  username: 'hopper.finance.only',
  password: 'sw0rdfish-Under-the-Bridge',
  notes: 'the safe is behind the painting',
}

test('of a whole session no password, key or plaintext reaches the server, its store or its log', async () => {
  const installation = await startInstallation({ logLevel: 'trace' })
  const proxy = await startRecordingProxy(installation.url)
  const through = (link: string) => link.replace(installation.url, proxy.url)
  const folder = mkdtempSync(join(tmpdir(), 'claviger-secret-'))
  const profiles = { admin: join(folder, 'admin'), grace: join(folder, 'grace') }
  const as = (who: keyof typeof profiles, input: string | undefined, ...args: string[]) =>
    runJson([...args, '--profile', profiles[who]], input === undefined ? {} : { input })

  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  await okta.assign({ userName: 'grace@example.com' })
  await okta.pushGroup({ name: 'Finance', members: ['grace@example.com'] })
  const [grace] = await installation.users(method)
  const set = await as('admin', passwords.admin, 'setup', '--url', through(installation.setupUrl), '--password-stdin')
  const registered = await as('grace', passwords.grace, 'register', '--invitation', through(grace?.invitationUrl ?? ''), '--password-stdin')
  await as('admin', undefined, 'approve', '--all')
  await as('grace', undefined, 'folder', 'add', secrets.folder)
  await as('grace', undefined, 'folder', 'share', secrets.folder, '--team', 'Finance')
  const { title, username, notes } = secrets
  await as(
    'grace',
    secrets.password,
    ...['record', 'add', '--folder', secrets.folder, '--title', title],
    ...['--username', username, '--notes', notes, '--password-stdin'],
  )
  expect(await as('grace', undefined, 'record', 'get', title)).toMatchObject({ username, password: secrets.password })
  await as('grace', undefined, 'sign-out')
  await as('grace', passwords.grace, 'sign-in', '--server', proxy.url, '--email', 'grace@example.com', '--password-stdin')

  const account = await openAccount(fileProfileStore(profiles.grace))
  const file = JSON.parse(readFileSync(join(profiles.grace, 'profile.json'), 'utf8'))
  const recoveryCodes = [set, registered].map((made) => String(Reflect.get(Object(made), 'recoveryCode')))
  const keys = {
    'the user root': account.root.reveal(),
    'the identity’s signing key': (await exportPrivateKey(account.identity.signing)).subarray(-32),
    'the identity’s encryption key': (await exportPrivateKey(account.identity.encryption)).subarray(-32),
    'the device’s signing key': Buffer.from(file.device.signing, 'base64url').subarray(-32),
    'the device’s encryption key': Buffer.from(file.device.encryption, 'base64url').subarray(-32),
  }
  const texts = Object.fromEntries([...Object.values(passwords), ...Object.values(secrets), ...recoveryCodes].map((text) => [text, text]))

  const backup = join(folder, 'backup')
  expect((await run(['backup', backup], { env: installation.env })).code).toBe(0)
  const places = { sent: proxy.sent(), stored: gunzipSync(readFileSync(backup)), logged: Buffer.from(installation.printed()) }
  // The search finds what is there: the address is no secret, and each of the three holds it or ends with what it must.
  expect(holds(places.sent, 'grace@example.com') && holds(places.stored, 'grace@example.com')).toBe(true)
  expect(places.logged.length).toBeGreaterThan(100)
  for (const [place, bytes] of Object.entries(places)) {
    for (const [name, secret] of Object.entries({ ...keys, ...texts })) expect(holds(bytes, secret), `${place}: ${name}`).toBe(false)
  }
})
