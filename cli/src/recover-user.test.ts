import { join } from 'node:path'
import { write } from '@claviger/server/storage/write.ts'
import { lockUser } from '@claviger/server/users/lock.ts'
import { expect, test } from 'vitest'
import { scopeOf } from './store.ts'
import { elementsOf, startCommand, textAt } from './testing-command.ts'
import { newFolder, PASSWORD, personAt, startWithAdministrator, wordsShownBy } from './testing-person.ts'

test('an administrator lets somebody back in who lost every device, and gives a leaver’s folders on', { timeout: 240_000 }, async () => {
  const { db, url, nodeId, administrator: ada, register } = await startWithAdministrator()
  const grace = await register('grace@example.com')
  const lin = await register('lin@example.com')
  await grace.json(['folder', 'add', 'Budget'])
  await grace.json(['record', 'add', '--folder', 'Budget', '--title', 'Bank', '--password-stdin'], { input: 'kept for Lin\n' })

  expect(await ada.json(['recover-user'])).toEqual([])
  expect((await ada.run(['recover-user'])).out).toContain('No device waits.')
  const anew = personAt(join(newFolder(), 'anew'))
  const asking = startCommand(['device', 'request', '--server', url, '--email', grace.email, '--name', 'New', '--profile', anew.profile])
  const request = await requestOf(ada)
  expect(request).toMatchObject({ email: grace.email, userId: grace.userId, device: 'New', recoverable: true })
  const words = await wordsShownBy(asking)

  const approveIt = ['recover-user', 'approve', textAt(request, 'id')]
  expect(await lin.json(['recover-user'])).toEqual([])
  expect(await lin.run([...approveIt, '--words', words])).toMatchObject({ code: 1, out: '' })
  const uncertified = await ada.run([...approveIt, '--words', words])
  expect(uncertified).toMatchObject({ code: 1, out: '', err: expect.stringContaining('certif') })
  expect(await ada.run(['transfer', '--from', grace.email, '--to', lin.email])).toMatchObject({
    code: 1,
    err: expect.stringContaining('Nobody verified has the address grace@example.com'),
  })
  await ada.json(['approve', '--all'])
  const otherWords = await ada.run([...approveIt, '--words', 'some words of another device here'])
  expect(otherWords).toMatchObject({ code: 1, out: '', err: expect.stringContaining('words were not the same') })
  expect(await ada.run(approveIt)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--words') })

  const approved = await ada.json([...approveIt, '--words', words, '--password-stdin'], { input: `${PASSWORD}\n` })
  expect(approved).toMatchObject({ email: grace.email })
  expect(await asking.ended).toMatchObject({ code: 0, out: 'This device was let in. Signed in as grace@example.com.\n' })
  expect(await anew.json(['record', 'get', 'Bank'])).toMatchObject({ password: 'kept for Lin' })
  expect(await anew.json(['notices'])).toMatchObject([{ kind: 'recovered-by-administrator', detail: { by: ada.email } }])

  const transfer = ['transfer', '--from', grace.email, '--to', 'LIN@example.com', '--password-stdin']
  const here = await ada.run(transfer, { input: `${PASSWORD}\n` })
  expect(here).toMatchObject({ code: 1, out: '' })
  const scope = await scopeOf(db, nodeId, Date.now())
  await write(db, (trx) => lockUser(trx, scope, grace.userId, true))
  expect(await anew.run(['record', 'list'])).toMatchObject({ code: 1, out: '' })
  expect(await lin.run(['transfer', '--from', grace.email, '--to', lin.email])).toMatchObject({ code: 1, out: '' })
  expect(await ada.run(transfer, { input: 'not the password\n' })).toMatchObject({ code: 1, out: '' })
  expect(await ada.json(transfer, { input: `${PASSWORD}\n` })).toEqual({
    from: { userId: grace.userId, email: grace.email },
    to: { userId: lin.userId, email: lin.email },
    folders: 1,
    left: [],
  })
  expect(await lin.json(['folder', 'list'])).toMatchObject([{ name: 'Budget', role: 'owner', owner: lin.email, records: 1 }])
  expect(await lin.json(['record', 'get', 'Bank'])).toMatchObject({ password: 'kept for Lin' })
  expect(await lin.json(['notices'])).toMatchObject([{ kind: 'vault-transferred-to-you' }])
  expect(await ada.run(transfer, { input: `${PASSWORD}\n` })).toMatchObject({ code: 1, out: '' })
})

test('a new recovery code takes the place of the one before', { timeout: 120_000 }, async () => {
  const { administrator: ada, url } = await startWithAdministrator()
  const renewed = await ada.json(['recovery-code', 'renew', '--password-stdin'], { input: `${PASSWORD}\n` })
  expect(renewed).toEqual({ email: ada.email, recoveryCode: expect.stringMatching(/^(\w{4}-)+\w{4}$/) })
  const lost = personAt(join(newFolder(), 'lost'))
  const recover = ['recover', '--server', url, '--email', ada.email, '--code-stdin']
  const next = 'seven lanterns on the frozen pier'
  expect(await lost.run(recover, { input: `${ada.recoveryCode}\n${next}\n` })).toMatchObject({ code: 1, out: '' })
  expect(await lost.json(recover, { input: `${textAt(renewed, 'recoveryCode')}\n${next}\n` })).toMatchObject({ email: ada.email })
})

/** The one device that waits for an administrator, once there is one. */
async function requestOf(person: { json(args: readonly string[]): Promise<unknown> }): Promise<unknown> {
  for (;;) {
    const [request] = elementsOf(await person.json(['recover-user']))
    if (request !== undefined) return request
  }
}
