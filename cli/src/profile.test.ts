import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@claviger/client/new-id.ts'
import { RecordId } from '@claviger/contract/ids.ts'
import { expect, test } from 'vitest'
import { fileProfileStore } from './profile.ts'
import { startCommand } from './testing-command.ts'
import { newFolder, PASSWORD, personAt, startWithAdministrator } from './testing-person.ts'

test('the profile is for its user alone, and refused where others can read it or where it is damaged', { timeout: 60_000 }, async () => {
  const { administrator: ada } = await startWithAdministrator()
  const path = join(ada.profile, 'profile.json')
  expect([statSync(ada.profile).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600])
  expect(readdirSync(ada.profile)).toEqual(['profile.json'])
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(path, mode)
    const refused = await ada.run(['policy'])
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`Others can read ${path}`) })
  }
  chmodSync(path, 0o600)
  const kept = readFileSync(path, 'utf8')
  for (const damaged of [kept.slice(0, -40), '', '{}', kept.replace('"version": 1', '"version": 2')]) {
    writeFileSync(path, damaged)
    expect(await ada.run(['policy'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('is damaged, or of another version') })
    expect(readFileSync(path, 'utf8')).toBe(damaged)
  }
  writeFileSync(path, kept)
  expect(await ada.run(['policy'])).toMatchObject({ code: 0, err: '' })
})

test('a folder with an account in it takes no other, and a folder of other things is left as it is', { timeout: 60_000 }, async () => {
  const { administrator: ada, register, url } = await startWithAdministrator()
  const grace = await register('grace@example.com')
  const before = readFileSync(join(ada.profile, 'profile.json'), 'utf8')
  const signIn = ['sign-in', '--server', url, '--email', grace.email, '--password-stdin']
  const taken = await personAt(ada.profile).run(signIn, { input: `${PASSWORD}\n` })
  expect(taken).toMatchObject({ code: 1, out: '', err: expect.stringContaining('choose another --profile folder') })
  expect(readFileSync(join(ada.profile, 'profile.json'), 'utf8')).toBe(before)

  const shared = newFolder()
  chmodSync(shared, 0o755)
  expect(await personAt(shared).run(signIn, { input: `${PASSWORD}\n` })).toMatchObject({ code: 0, err: '' })
  expect([statSync(shared).mode & 0o777, statSync(join(shared, 'profile.json')).mode & 0o777]).toEqual([0o755, 0o600])
})

test('commands beside each other lose nothing of what either saw', { timeout: 60_000 }, async () => {
  const { administrator: ada } = await startWithAdministrator()
  const stores = Array.from({ length: 8 }, () => fileProfileStore(ada.profile))
  const ids = stores.map(() => newId(RecordId))
  const read = await Promise.all(stores.map((store) => store.load()))
  await Promise.all(
    stores.map(async (store, at) => {
      const profile = read[at]
      if (!profile) throw new Error('there is a profile')
      await store.save({ ...profile, seen: new Map([...profile.seen, [`record ${ids[at]}`, at + 1]]) })
      // An older version does not take the place of a newer one.
      await store.save({ ...profile, seen: new Map([...profile.seen, [`record ${ids[at]}`, at]]) })
    }),
  )
  const kept = await fileProfileStore(ada.profile).load()
  expect(ids.map((id) => kept?.seen.get(`record ${id}`))).toEqual(ids.map((_, at) => at + 1))

  await ada.json(['folder', 'add', 'One'])
  const commands = ['a', 'b', 'c'].map((name) => ada.run(['folder', 'add', name]))
  expect((await Promise.all(commands)).map(({ code }) => code)).toEqual([0, 0, 0])
  expect(await ada.json(['folder', 'list'])).toHaveLength(4)
  expect(readdirSync(ada.profile)).toEqual(['profile.json'])
})

test('who signs out while another command runs stays signed out', { timeout: 60_000 }, async () => {
  const { administrator: ada } = await startWithAdministrator()
  const other = fileProfileStore(ada.profile)
  const profile = await other.load()
  if (!profile) throw new Error('there is a profile')
  await ada.json(['sign-out'])
  await other.save({ ...profile, seen: new Map([['record x', 1]]) })
  const kept = await fileProfileStore(ada.profile).load()
  expect([kept?.token, kept?.seen.get('record x')]).toEqual([null, 1])
})

test('a command that is killed while it saves leaves a whole file and no lock that lasts', { timeout: 120_000 }, async () => {
  const { administrator: ada } = await startWithAdministrator()
  const path = join(ada.profile, 'profile.json')
  const saving = new URL('./testing-saving.ts', import.meta.url).pathname
  for (let round = 0; round < 3; round++) {
    const child = startCommand([], { script: saving, cwd: ada.profile })
    await child.wrote('saved')
    await sleep(round * 7)
    child.send('SIGKILL')
    await child.ended
    expect(() => JSON.parse(readFileSync(path, 'utf8'))).not.toThrow()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  }
  expect(await ada.run(['folder', 'add', 'After it'])).toMatchObject({ code: 0, err: '' })
  expect(readdirSync(ada.profile)).toEqual(['profile.json'])
})
