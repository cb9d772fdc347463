import { write } from '@claviger/server/storage/write.ts'
import { addMembers } from '@claviger/server/teams/members.ts'
import { lockUser } from '@claviger/server/users/lock.ts'
import { expect, test } from 'vitest'
import { scopeOf } from './store.ts'
import { addTeam, startCommand } from './testing-command.ts'
import { startWithAdministrator } from './testing-person.ts'

test('an open vault admits members by itself, outlives a restart of the server, and ends with a signal or a lock', {
  timeout: 120_000,
}, async () => {
  const installation = await startWithAdministrator()
  const { db, nodeId, administrator: ada, push, register, members, crash } = installation
  await ada.json(['policy', '--auto-approval', 'everyone'])
  const grace = await register('grace@example.com')
  const linId = await push('lin@example.com')
  const team = await addTeam(db, nodeId, 'Engineering', [grace.userId, linId])
  await ada.json(['approve', '--team', 'Engineering'])

  const watching = startCommand(['watch', '--profile', grace.profile])
  await watching.wrote('The vault of grace@example.com is open.')
  const serveAgain = await crash()
  expect(await grace.run(['watch', '--once'])).toMatchObject({ code: 3, err: expect.stringContaining('cannot be reached') })
  await serveAgain()
  const lin = await register('lin@example.com', linId)
  await watching.wrote('Admitted lin@example.com to Engineering.')
  expect(await members(team)).toEqual({ 'grace@example.com': 'active', 'lin@example.com': 'active' })

  const telling = startCommand(['watch', '--no-approve', '--json', '--profile', lin.profile])
  await telling.wrote('"position"')
  const scope = await scopeOf(db, nodeId, Date.now())
  const joe = await push('joe@example.com')
  await write(db, (trx) => addMembers(trx, scope, team, [joe]))
  await telling.wrote(team.id)
  for (const line of telling.printed().out.trim().split('\n')) {
    expect(JSON.parse(line)).toEqual({ position: expect.any(String), changes: expect.any(Array) })
  }
  telling.send('SIGTERM')
  expect(await telling.ended).toMatchObject({ code: 0, err: '' })

  await write(db, (trx) => lockUser(trx, scope, grace.userId, true))
  const ended = await watching.ended
  expect(ended).toMatchObject({ code: 1, err: expect.stringMatching(/error: .*(session|sign in)/s) })
  expect(ended.err).not.toContain('bug')
  expect(await grace.run(['watch'])).toMatchObject({ code: 1, out: '' })
})

test('an open vault ends with the session that it was opened in', { timeout: 120_000 }, async () => {
  const { administrator: ada } = await startWithAdministrator()
  const watching = startCommand(['watch', '--profile', ada.profile])
  await watching.wrote('is open')
  expect(await ada.run(['watch', '--once'])).toEqual({ code: 0, out: '', err: '' })
  await ada.json(['sign-out'])
  expect(await watching.ended).toMatchObject({ code: 1, err: expect.stringMatching(/^error: .*(session|Sign in)/) })
  expect(await ada.run(['watch'])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('claviger sign-in --server URL') })
})
