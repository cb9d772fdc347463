import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { addTeam, elementsOf, run, startCommand, textAt } from './testing-command.ts'
import { newFolder, PASSWORD, personAt, startWithAdministrator } from './testing-person.ts'

test('an automator admits people while nobody is signed in, whatever ends it in between, and is nothing once it is removed', {
  timeout: 180_000,
}, async () => {
  const { db, url, nodeId, administrator: ada, push, register, members } = await startWithAdministrator()
  const folder = join(newFolder(), 'automator')
  const enrol = ['automator', 'enrol', '--name', 'Robot', '--to', folder]
  const enrolled = await ada.json(enrol)
  expect(enrolled).toMatchObject({ name: 'Robot', folder, scope: { rights: ['certify', 'teams', 'memberships'], nodes: null } })
  expect([statSync(folder).mode & 0o777, statSync(join(folder, 'automator.json')).mode & 0o777]).toEqual([0o700, 0o600])
  expect(await ada.run(enrol)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('holds an automator already') })
  expect(await ada.run([...enrol.slice(0, 5), newFolder()])).toMatchObject({
    code: 1,
    err: expect.stringContaining('an automator Robot already'),
  })
  await ada.json(['sign-out'])

  const automator = personAt(folder)
  expect((await automator.run(['automator', 'run', '--once'])).out).toBe('Nothing waits that this automator may approve.\n')
  const grace = await register('grace@example.com')
  const linId = await push('lin@example.com')
  const first = await addTeam(db, nodeId, 'Engineering', [grace.userId, linId])
  const before = readFileSync(join(folder, 'automator.json'), 'utf8')
  for (const args of [['--dry-run'], ['--dry-run', '--once']]) {
    expect(await automator.json(['automator', 'run', ...args])).toEqual({
      approved: [
        { kind: 'user', user: 'grace@example.com' },
        { kind: 'team', team: 'Engineering' },
      ],
      skipped: [],
    })
  }
  expect(await members(first)).toEqual({ 'grace@example.com': 'pending', 'lin@example.com': 'pending' })
  expect(readFileSync(join(folder, 'automator.json'), 'utf8')).toBe(before)

  // Two run as one; which of them does what is theirs to find out.
  const runs = ['automator', 'run', '--profile', folder]
  const running = startCommand([...runs, '--metrics-port', '0'])
  const beside = startCommand(runs)
  await until(async () => (await members(first))['grace@example.com'] === 'active')
  const said = () => running.printed().out + beside.printed().out
  await until(async () => said().includes('Admitted grace@example.com to Engineering.'))
  expect(said().match(/Admitted grace/g)).toHaveLength(1)
  const metrics = /Metrics: (http:\S+)/.exec(running.printed().out)?.[1] ?? ''
  const scraped = await (await fetch(metrics)).text()
  expect(scraped).toMatch(/^claviger_automator_last_success_timestamp_seconds \d{10}/m)
  expect(scraped).toMatch(/^claviger_automator_log_entries [1-9]/m)
  expect((await fetch(new URL('/', metrics))).status).toBe(404)
  beside.send('SIGTERM')
  expect(await beside.ended).toMatchObject({ code: 0, err: '' })
  running.send('SIGKILL')

  const lin = await register('lin@example.com', linId)
  const names = Array.from({ length: 12 }, (_, at) => `Team ${at}`)
  const teams = await Promise.all(names.map((name) => addTeam(db, nodeId, name, [grace.userId, lin.userId])))
  for (const millis of [0, 60, 120, 180, 240]) {
    const doomed = startCommand(runs)
    await doomed.wrote('runs.')
    await sleep(millis)
    doomed.send('SIGKILL')
    await doomed.ended
  }
  const last = startCommand(runs)
  const everyone = { 'grace@example.com': 'active', 'lin@example.com': 'active' }
  await until(async () =>
    (await Promise.all([first, ...teams].map(members))).every((team) => Object.values(team).every((state) => state === 'active')),
  )
  expect(await Promise.all([first, ...teams].map(members))).toEqual([first, ...teams].map(() => everyone))
  expect(await db.selectFrom('teams').select('id').where('key_epoch', '!=', 1).execute()).toEqual([])
  await grace.json(['folder', 'add', 'Servers'])
  await grace.json(['folder', 'share', 'Servers', '--team', 'Team 7'])
  expect(await lin.json(['folder', 'list'])).toMatchObject([{ name: 'Servers', role: 'edit' }])

  await ada.json(['sign-in', '--server', url, '--email', ada.email, '--password-stdin'], { input: `${PASSWORD}\n` })
  expect(await ada.json(['automator', 'list'])).toMatchObject([{ name: 'Robot', seenAt: expect.stringMatching(/Z$/) }])
  expect((await grace.run(['automator', 'list'])).code).toBe(1)
  expect((await grace.run(['automator', 'remove', 'Robot'])).code).toBe(1)
  expect((await ada.run(['automator', 'remove', 'Rob'])).code).toBe(1)
  expect(await ada.json(['automator', 'remove', 'robot'])).toEqual({ automatorId: textAt(enrolled, 'automatorId'), name: 'Robot' })
  expect(await last.ended).toMatchObject({ code: 1, err: expect.stringMatching(/^error: (?!this is a bug)/) })
  expect(await automator.run(['automator', 'run', '--once'])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^error: (?!this is a bug)/),
  })
  const { token } = JSON.parse(readFileSync(join(folder, 'automator.json'), 'utf8'))
  for (const path of ['/api/v1/approvals/work', '/api/v1/team-keys', '/api/v1/changes', '/api/v1/log?from=0']) {
    expect((await fetch(new URL(path, url), { headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
  }
  expect(await ada.json(['automator', 'list'])).toEqual([])
  expect((await ada.run(['automator', 'remove', 'Robot'])).code).toBe(1)
  // The approver key that it held is another now, and all teams are given to that one.
  expect(await ada.json(['approve', '--all'])).toMatchObject({ skipped: [] })
  expect(await ada.json(['pending'])).toEqual([])
})

test('an automator keeps to its nodes, its rights, its domains and certified people', { timeout: 180_000 }, async () => {
  const { db, nodeId, rootNodeId, administrator: ada, register, members } = await startWithAdministrator()
  const folder = newFolder()
  const enrol = (name: string, ...options: string[]) =>
    ada.run(['automator', 'enrol', '--name', name, '--to', join(folder, name), ...options])
  const once = async (name: string) => run(['automator', 'run', '--once', '--json', '--profile', join(folder, name)])
  for (const wrong of [
    ['--rights', 'everything'],
    ['--node', 'Staff'],
    ['--domain', 'a@b.example'],
    ['--node', ada.userId],
  ]) {
    expect(await enrol('Wrong', ...wrong)).toMatchObject({ code: 2, out: '' })
  }
  expect(await ada.json(['automator', 'list'])).toEqual([])
  for (const [name, ...options] of [
    ['Teams', '--rights', 'teams', '--node', nodeId],
    ['Strict', '--verified-only'],
    ['Domain', '--domain', '@Example.com', 'example.net'],
  ] as const) {
    expect(await enrol(name, ...options)).toMatchObject({ code: 0, err: '' })
  }
  const grace = await register('grace@example.com')
  const mallory = await register('mallory@elsewhere.example')
  const here = await addTeam(db, nodeId, 'Here', [grace.userId, mallory.userId])
  await addTeam(db, rootNodeId, 'Above', [])

  expect(JSON.parse((await once('Teams')).out)).toEqual({ approved: [{ kind: 'team', team: 'Here' }], skipped: [] })
  expect(await members(here)).toEqual({ [grace.email]: 'pending', [mallory.email]: 'pending' })
  expect(await ada.json(['pending'])).toContainEqual(expect.objectContaining({ kind: 'team', team: 'Above' }))

  // Also where the policy would let everybody in.
  await ada.json(['policy', '--auto-approval', 'everyone'])
  const strict = await once('Strict')
  expect(JSON.parse(strict.out)).toMatchObject({
    approved: [{ kind: 'team', team: 'Above' }],
    skipped: [
      { kind: 'membership', code: 'uncertified' },
      { kind: 'membership', code: 'uncertified' },
    ],
  })
  await ada.json(['policy', '--auto-approval', 'verified-members'])
  const domain = await once('Domain')
  expect(JSON.parse(domain.out)).toMatchObject({
    approved: [
      { kind: 'user', user: grace.email },
      { kind: 'membership', user: grace.email },
    ],
    skipped: [{ kind: 'membership', code: 'uncertified', userId: mallory.userId }],
  })
  expect(await members(here)).toEqual({ [grace.email]: 'active', [mallory.email]: 'pending' })
  const inWords = await run(['automator', 'run', '--once', '--profile', join(folder, 'Domain')])
  expect(inWords).toMatchObject({ code: 0, out: expect.stringMatching(/^Not \S+ on \S+: The log has no certificate/) })
})

test('an automator refuses a log that is not the one it saw, and keys that others can read', { timeout: 120_000 }, async () => {
  const { administrator: ada, crash } = await startWithAdministrator()
  const folder = join(newFolder(), 'automator')
  await ada.json(['automator', 'enrol', '--name', 'Robot', '--to', folder])
  const path = join(folder, 'automator.json')
  const kept = readFileSync(path, 'utf8')
  const runOnce = () => run(['automator', 'run', '--once', '--profile', folder])
  const { pin } = JSON.parse(kept)
  const pinned = (changed: object) => writeFileSync(path, JSON.stringify({ ...JSON.parse(kept), pin: { ...pin, ...changed } }))

  pinned({ head: pin.enterprise })
  expect(await runOnce()).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('The server shows this device another log than before.'),
  })
  pinned({ length: pin.length + 1 })
  expect(await runOnce()).toMatchObject({ code: 1, out: '', err: expect.stringContaining('The server was set back, or hides entries.') })
  pinned({ enterprise: pin.head })
  expect(await runOnce()).toMatchObject({ code: 1, out: '', err: expect.stringContaining('not the enterprise') })
  writeFileSync(path, '{"version": 1')
  expect(await runOnce()).toMatchObject({ code: 2, out: '', err: expect.stringContaining('is damaged') })
  writeFileSync(path, kept)
  chmodSync(path, 0o640)
  expect(await runOnce()).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`chmod 600 ${path}`) })
  chmodSync(path, 0o600)
  expect(await runOnce()).toMatchObject({ code: 0, err: '' })
  expect(readdirSync(folder)).toEqual(['automator.json'])

  await crash()
  expect(await runOnce()).toMatchObject({ code: 3, err: expect.stringContaining('cannot be reached') })
  expect(await run(['automator', 'run', '--profile', newFolder()])).toMatchObject({
    code: 1,
    err: expect.stringContaining('claviger automator enrol'),
  })
  expect(elementsOf(readdirSync(folder))).toHaveLength(1)
})

/** Waits for what another process does; the test's own limit ends it. */
async function until(holds: () => Promise<boolean>) {
  while (!(await holds())) await sleep(50)
}
