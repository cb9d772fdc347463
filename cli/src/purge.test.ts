import { expect, test } from 'vitest'
import { textAt } from './testing-command.ts'
import { startWithAdministrator } from './testing-person.ts'

test('a record moves with its history, and records and folders go for good from the bin, asked or told', { timeout: 120_000 }, async () => {
  const { administrator: ada, register } = await startWithAdministrator()
  const grace = await register('grace@example.com')
  await ada.json(['approve', '--user', grace.email])
  await ada.json(['folder', 'add', 'Mine'])
  const servers = textAt(await ada.json(['folder', 'add', 'Servers']), 'id')
  await ada.json(['folder', 'share', 'Servers', '--user', grace.email])
  const add = (title: string) =>
    ada.json(['record', 'add', '--folder', 'Mine', '--title', title, '--password-stdin'], { input: `${title} one\n` })
  const id = textAt(await add('Build'), 'id')
  await ada.json(['record', 'edit', 'Build', '--password-stdin'], { input: 'Build two\n' })
  expect(await grace.json(['record', 'list'])).toEqual([])

  expect(await ada.run(['record', 'move', 'Build'])).toMatchObject({ code: 2, out: '' })
  expect(await ada.run(['record', 'move', 'Build', '--to', 'Nowhere'])).toMatchObject({ code: 1, out: '' })
  expect(await ada.run(['record', 'move', 'Build', '--to', 'servers', '--folder', 'Servers'])).toMatchObject({ code: 1, out: '' })
  expect(await ada.json(['record', 'move', 'build', '--to', 'servers'])).toEqual({ id, folder: 'Servers', title: 'Build' })
  expect(await grace.json(['record', 'get', 'Build'])).toMatchObject({ folder: 'Servers', password: 'Build two' })
  expect(await grace.json(['record', 'get', 'Build', '--at', '1'])).toMatchObject({ password: 'Build one' })
  expect(await ada.json(['record', 'list', '--folder', 'Mine'])).toEqual([])
  expect((await grace.run(['record', 'move', 'Build', '--to', 'Mine'])).code).toBe(1)

  // Only what is in the bin can go, and only where somebody says so.
  expect(await ada.run(['record', 'purge', 'Build', '--yes'])).toMatchObject({ code: 1, out: '' })
  await ada.json(['record', 'remove', 'Build'])
  expect(await ada.run(['record', 'purge', 'Build'])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('--yes. Nothing was done.'),
  })
  expect(await ada.json(['record', 'list', '--bin'])).toMatchObject([{ id }])
  expect(await ada.json(['record', 'purge', 'build', '--yes'])).toEqual({ id, title: 'Build' })
  expect(await ada.json(['record', 'list', '--bin'])).toEqual([])
  expect(await ada.run(['record', 'restore', id])).toMatchObject({ code: 1, out: '' })
  expect(await grace.run(['record', 'get', 'Build'])).toMatchObject({ code: 1, out: '' })

  await add('Stays')
  expect(await ada.run(['folder', 'purge', 'Servers', '--yes'])).toMatchObject({ code: 1, out: '' })
  await ada.json(['folder', 'remove', 'Servers'])
  expect(await ada.run(['folder', 'purge', 'Servers'])).toMatchObject({ code: 2, out: '' })
  expect(await ada.run(['folder', 'purge', 'Servers', '--yes'])).toEqual({ code: 0, out: 'The folder Servers is gone.\n', err: '' })
  expect(await ada.run(['folder', 'restore', servers])).toMatchObject({ code: 1, out: '' })
  expect(await ada.json(['record', 'list'])).toMatchObject([{ title: 'Stays', folder: 'Mine' }])
})
