import { expect, test } from 'vitest'
import { addTeam, textAt } from './testing-command.ts'
import { startWithAdministrator } from './testing-person.ts'

test('a folder is made, renamed, shared with a person and a team, taken from them, and goes into the bin and back', {
  timeout: 180_000,
}, async () => {
  const { db, nodeId, administrator: ada, register } = await startWithAdministrator()
  const grace = await register('grace@example.com')
  const lin = await register('lin@example.com')
  await addTeam(db, nodeId, 'Engineering', [lin.userId])
  await addTeam(db, nodeId, 'Waiting')
  expect((await ada.run(['folder', 'list'])).out).toBe('You have no folders: claviger folder add NAME\n')

  const id = textAt(await ada.json(['folder', 'add', 'Severs']), 'id')
  expect(await ada.json(['folder', 'rename', 'severs', 'Servers'])).toEqual({ id, name: 'Servers' })
  expect(await ada.run(['folder', 'rename', 'Severs', 'Other'])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('claviger folder list'),
  })
  const own = { id, name: 'Servers', role: 'owner', owner: ada.email, sharedWith: [], records: 0, keyEpoch: 1, rotationDue: false }
  expect(await ada.json(['folder', 'list'])).toEqual([own])

  // Nobody is given a key before somebody has verified them.
  const share = ['folder', 'share', 'Servers']
  expect(await ada.run([...share, '--user', grace.email])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('certificate') })
  await ada.json(['approve', '--user', grace.email])
  await ada.json(['approve', '--team', 'Engineering'])
  for (const [code, ...whom] of [
    [2],
    [2, '--user', grace.email, '--team', 'Engineering'],
    [2, '--user', grace.email, '--role', 'own'],
    [1, '--team', 'Waiting'],
    [1, '--team', 'Engine'],
    [1, '--user', 'nobody@example.com'],
  ] as const) {
    expect(await ada.run([...share, ...whom])).toMatchObject({ code, out: '' })
  }

  expect(await ada.json([...share, '--user', 'GRACE@example.com', '--role', 'view'])).toEqual({
    ...{ id, name: 'Servers', sharedWith: grace.email, role: 'view' },
  })
  await ada.json([...share, '--team', 'engineering'])
  expect((await ada.run(['folder', 'list'])).out).toMatch(
    /^FOLDER +ID +ROLE +RECORDS +SHARED WITH\nServers .+ owner +0 +(grace@example\.com \(view\), Engineering \(edit\)|Engineering \(edit\), grace@example\.com \(view\))\n$/,
  )
  const record = ['record', 'add', '--folder', 'Servers', '--type', 'note', '--title', 'Door', '--notes', 'behind the oak']
  expect(await grace.run(record)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^error: (?!this is a bug)/) })
  await lin.json(record)
  expect(await grace.json(['folder', 'list'])).toMatchObject([{ name: 'Servers', role: 'view', owner: ada.email, records: 1 }])
  expect(await grace.json(['record', 'get', 'Door'])).toMatchObject({ notes: 'behind the oak', folder: 'Servers' })
  for (const args of [
    ['folder', 'rename', 'Servers', 'Mine'],
    [...share, '--user', lin.email],
    ['folder', 'unshare', 'Servers', '--team', 'Engineering'],
    ['folder', 'remove', 'Servers'],
  ]) {
    expect(await grace.run(args)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^error: (?!this is a bug)/) })
  }

  expect(await ada.json(['folder', 'unshare', 'Servers', '--user', grace.email])).toEqual({
    id,
    name: 'Servers',
    unsharedWith: grace.email,
  })
  expect(await ada.run(['folder', 'unshare', 'Servers', '--user', grace.email])).toMatchObject({ code: 1, out: '' })
  expect(await grace.json(['folder', 'list'])).toEqual([])
  expect(await grace.run(['record', 'get', 'Door'])).toMatchObject({ code: 1, out: '' })
  expect(await ada.json(['folder', 'list'])).toMatchObject([{ keyEpoch: 2, rotationDue: false }])
  expect((await ada.run(['record', 'list'])).out).toContain('Somebody who opened it has left: change what is in it.')
  expect(await lin.json(['record', 'get', 'Door'])).toMatchObject({ notes: 'behind the oak', changeDue: true })

  await ada.json(['folder', 'remove', 'Servers'])
  expect(await ada.json(['folder', 'list'])).toEqual([])
  expect(await lin.json(['record', 'list'])).toEqual([])
  expect(await ada.json(['folder', 'restore', 'Servers'])).toEqual({ id, name: 'Servers' })
  expect(await lin.json(['record', 'list'])).toMatchObject([{ title: 'Door' }])

  await ada.json(['folder', 'add', 'servers'])
  expect(await ada.json(['folder', 'rename', 'Servers', 'Twin'])).toEqual({ id, name: 'Twin' })
  await ada.json(['folder', 'rename', id, 'servers'])
  expect(await ada.run(['folder', 'remove', 'servers'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining(id) })
})
