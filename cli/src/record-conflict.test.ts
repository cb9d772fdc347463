import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { elementsOf, textAt } from './testing-command.ts'
import { startWithAdministrator, type TestPerson } from './testing-person.ts'

test('of two who change a record at once neither loses what they wrote', { timeout: 120_000 }, async () => {
  const { db, administrator: ada } = await startWithAdministrator()
  await ada.json(['folder', 'add', 'Mine'])
  const id = textAt(
    await ada.json(['record', 'add', '--folder', 'Mine', '--title', 'Shared', '--password-stdin'], { input: 'before\n' }),
    'id',
  )
  const edit = ['record', 'edit', 'Shared', '--password-stdin', '--json']
  const { promise: typed, resolve: type } = Promise.withResolvers<string>()
  const slow = ada.run(edit, { input: typed })
  // It has read the record, and waits for the password.
  while ((await db.selectFrom('record_opens').select('record_id').execute()).length === 0) await sleep(20)
  expect(await ada.run(edit, { input: 'quick\n' })).toMatchObject({ code: 0 })
  type('slow\n')
  const { code, out } = await slow
  const conflict: unknown = JSON.parse(out)
  expect({ code, conflict }).toEqual({ code: 1, conflict: { id, conflict: true, copy: expect.any(String) } })
  expect(await ada.json(['record', 'get', id])).toMatchObject({ title: 'Shared', password: 'quick', version: 2 })
  const copy = await ada.json(['record', 'get', textAt(conflict, 'copy')])
  expect(copy).toMatchObject({ title: 'Shared (my change)', password: 'slow', folder: 'Mine', version: 1 })

  const all = await Promise.all(['one', 'two', 'three'].map((password) => ada.run(edit, { input: `${password}\n` })))
  expect(all.map((ran) => ran.err)).toEqual(['', '', ''])
  const records = elementsOf(await ada.json(['record', 'list'])).map((record) => textAt(record, 'id'))
  expect(await passwordsOf(ada, records)).toEqual(expect.arrayContaining(['before', 'quick', 'slow', 'one', 'two', 'three']))
})

/** The passwords of all versions of these records. */
async function passwordsOf(person: TestPerson, records: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const id of records) {
    for (const one of elementsOf(await person.json(['record', 'history', id]))) {
      const version = String(Reflect.get(Object(one), 'version'))
      found.push(textAt(await person.json(['record', 'get', id, '--at', version]), 'password'))
    }
  }
  return found
}
