import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { run, runJson, startCommand } from './testing-command.ts'

// It has a store of its own, always the embedded one, so once is enough.
const onSqlite = test.skipIf(process.env['TEST_STORE'] === 'postgres')

onSqlite('the demo provisions a throw-away installation, serves it until Ctrl-C, and leaves nothing behind', async () => {
  // Settings of a real installation are not looked at.
  const demo = startCommand(['demo'], { env: { CLAVIGER_DATABASE_URL: 'postgres://nowhere', CLAVIGER_PORT: 'none' } })
  await demo.wrote('Ctrl-C ends the demo')
  const { out } = demo.printed()
  expect(out).toContain('7 of 7 steps as expected')
  const [, nodeId = '', folder = ''] = /users list --node (\S+) --data (\S+)/.exec(out) ?? []
  const users = await runJson(['users', 'list', '--node', nodeId, '--data', folder])
  expect(users).toMatchObject([
    { email: 'ada.king@example.com', status: 'invited', teams: ['Operations'] },
    { email: 'grace.hopper@example.com', status: 'locked' },
    { email: 'alan.turing@example.com', status: 'invited', teams: ['Operations'] },
    { email: 'mary.somerville@example.com', flags: ['email-differs'], teams: ['Finance'] },
  ])
  const [, publicUrl = ''] = /serves (\S+)\.$/m.exec(out) ?? []
  expect((await fetch(`${publicUrl}/healthz`)).status).toBe(200)
  demo.send('SIGINT')
  expect(await demo.ended).toMatchObject({ code: 0, err: '' })
  expect(existsSync(folder)).toBe(false)
})

onSqlite('the demo ends by itself for scripts', async () => {
  const { code, out } = await run(['demo', '--exit'])
  expect(code).toBe(0)
  expect(out).toContain('The demo is over')
})
