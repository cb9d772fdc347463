import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runBinary, runJson, startCommand } from 'claviger/src/testing-command.ts'
import { expect, test } from 'vitest'
import { type Installation, type Method, startInstallation } from './installation.ts'

const passwords = {
  admin: 'thirteen-violet-otters-juggle',
  grace: 'marzipan lighthouse overture 88',
  lin: 'quartz-umbrella 41 northbound',
}
type Who = keyof typeof passwords

/** Commands as each of three people, each on a device of their own. */
function people() {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-way-'))
  const profileOf = (who: Who) => ['--profile', join(folder, who)]
  return {
    profileOf,
    as: (who: Who, ...args: string[]) => runJson([...args, ...profileOf(who)], {}, runBinary),
    refused: (who: Who, ...args: string[]) => runBinary([...args, ...profileOf(who)]),
    withPassword: (who: Who, ...args: string[]) =>
      runJson([...args, '--password-stdin', ...profileOf(who)], { input: `${passwords[who]}\n` }, runBinary),
  }
}

async function memberStates({ teams }: Installation, method: Method): Promise<Record<string, string>> {
  const [team] = await teams(method)
  return Object.fromEntries((team?.members ?? []).map(({ email, status }) => [email, status]))
}

/** Waits for what another process does; the test's own limit ends it. */
async function until(holds: () => Promise<boolean>) {
  while (!(await holds())) await sleep(200)
}

test('stories 3, 6, 10, 11, 13: from the directory to a shared record, and away again', { timeout: 120_000 }, async () => {
  const installation = await startInstallation()
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  const { as, withPassword, refused, profileOf } = people()

  await withPassword('admin', 'setup', '--url', installation.setupUrl)
  await as('admin', 'policy', '--auto-approval', 'everyone')
  for (const userName of ['grace@example.com', 'lin@example.com']) await okta.assign({ userName })
  await okta.pushGroup({ name: 'Engineering', members: ['grace@example.com', 'lin@example.com'] })
  expect(await as('admin', 'pending')).toContainEqual(expect.objectContaining({ kind: 'team', team: 'Engineering' }))

  await as('admin', 'approve', '--team', 'Engineering')
  expect(await installation.teams(method)).toMatchObject([{ name: 'Engineering', status: 'active' }])
  expect(await memberStates(installation, method)).toEqual({ 'grace@example.com': 'pending', 'lin@example.com': 'pending' })

  const invited = Object.fromEntries((await installation.users(method)).map(({ email, invitationUrl }) => [email, invitationUrl ?? '']))
  await withPassword('grace', 'register', '--invitation', invited['grace@example.com'] ?? '')
  await as('admin', 'approve', '--user', 'grace@example.com')
  expect(await memberStates(installation, method)).toEqual({ 'grace@example.com': 'active', 'lin@example.com': 'pending' })

  // Grace's vault is open: it admits Lin by itself, as soon as Lin has registered.
  const vault = startCommand(['watch', ...profileOf('grace')])
  await withPassword('lin', 'register', '--invitation', invited['lin@example.com'] ?? '')
  await until(async () => (await memberStates(installation, method))['lin@example.com'] === 'active')
  vault.send('SIGTERM')
  expect((await vault.ended).code).toBe(0)

  await as('grace', 'folder', 'add', 'Servers')
  await as('grace', 'folder', 'share', 'Servers', '--team', 'Engineering')
  const record = ['--folder', 'Servers', '--title', 'Build host', '--username', 'deploy']
  await runJson(['record', 'add', ...record, '--password-stdin', ...profileOf('grace')], { input: 'correct horse battery\n' })
  for (const who of ['grace', 'lin'] as const) {
    expect(await as(who, 'record', 'get', 'Build host')).toMatchObject({ username: 'deploy', password: 'correct horse battery' })
  }

  await okta.removeMembers('Engineering', ['lin@example.com'])
  expect(await as('lin', 'record', 'list')).toEqual([])
  expect((await refused('lin', 'record', 'get', 'Build host')).code).toBe(1)
  const before = await as('grace', 'folder', 'list')
  // Whoever of the team or the administrators comes next rotates, without being asked.
  await as('grace', 'watch', '--once')
  expect(await as('admin', 'pending')).toEqual([])
  expect(await as('grace', 'folder', 'list')).not.toEqual(before)
  expect(await as('grace', 'record', 'get', 'Build host')).toMatchObject({ password: 'correct horse battery' })

  await okta.deactivate('grace@example.com')
  expect(await refused('grace', 'record', 'get', 'Build host')).toMatchObject({ code: 1 })
  await okta.reactivate('grace@example.com')
  expect(await memberStates(installation, method)).toEqual({ 'grace@example.com': 'active' })
  await withPassword('grace', 'sign-in', '--server', installation.url, '--email', 'grace@example.com')
  expect(await as('grace', 'record', 'get', 'Build host')).toMatchObject({ password: 'correct horse battery' })
})
