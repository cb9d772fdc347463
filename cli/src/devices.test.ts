import { join } from 'node:path'
import { expect, test } from 'vitest'
import { elementsOf, startCommand, textAt } from './testing-command.ts'
import { newFolder, PASSWORD, personAt, startWithAdministrator, wordsShownBy } from './testing-person.ts'

test('a new device is let in by its own user who compares the words, and removed again', { timeout: 120_000 }, async () => {
  const { administrator: ada, url } = await startWithAdministrator()
  const laptop = personAt(join(newFolder(), 'laptop'))
  const asking = ['device', 'request', '--server', url, '--email', 'ADMIN@example.com', '--profile', laptop.profile]

  const [first] = elementsOf(Reflect.get(Object(await ada.json(['devices'])), 'devices'))
  expect(first).toMatchObject({ name: expect.stringMatching(/^claviger on /), current: true })
  const refusedBefore = await laptop.run(['devices'])
  expect(refusedBefore).toMatchObject({ code: 1, out: '', err: expect.stringContaining('claviger sign-in --server URL') })

  const request = startCommand([...asking, '--name', 'Laptop \u001b[2J', '--json'])
  const waiting = await requestOf(ada)
  const words = await wordsShownBy(request)
  expect(waiting).toMatchObject({ words, name: 'Laptop \u001b[2J' })
  const shown = await ada.run(['devices'])
  expect(shown).toMatchObject({ code: 0, out: expect.stringContaining(`"Laptop \u{FFFD}[2J" asks to be let in`) })
  expect(shown.out).toContain(words)

  const other = await ada.run(['devices', 'approve', textAt(waiting, 'id'), '--words', 'one two three four five six'])
  expect(other).toMatchObject({ code: 1, out: '', err: expect.stringContaining('The words are not the same') })
  const unasked = await ada.run(['devices', 'approve', textAt(waiting, 'id')])
  expect(unasked).toMatchObject({ code: 2, out: '', err: expect.stringContaining('answer with --words') })
  expect(await ada.run(['devices', 'approve', 'nothing', '--words', words])).toMatchObject({ code: 1, out: '' })

  const approved = await ada.json(['devices', 'approve', textAt(waiting, 'id'), '--words', `  ${words.toUpperCase()} `])
  const { code, out } = await request.ended
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual({ userId: ada.userId, email: ada.email, deviceId: textAt(approved, 'deviceId') })

  expect(await laptop.json(['devices'])).toMatchObject({ devices: [{ current: false }, { current: true }], requests: [] })
  expect(await ada.json(['notices'])).toMatchObject([{ kind: 'device-admitted', seenAt: null }])
  expect(await ada.json(['notices'])).toEqual([])
  expect(await ada.json(['notices', '--all'])).toMatchObject([{ kind: 'device-admitted', seenAt: expect.stringMatching(/Z$/) }])
  expect((await ada.run(['notices', '--all'])).out).toContain('which can open your vault now. (seen)')

  const removed = await ada.json(['devices', 'remove', textAt(approved, 'deviceId')])
  expect(removed).toMatchObject({ deviceId: textAt(approved, 'deviceId') })
  expect(await laptop.run(['devices'])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Your session is over') })
  expect(await ada.run(['devices', 'remove', textAt(approved, 'deviceId')])).toMatchObject({ code: 1, out: '' })
})

test('a device that is turned away has nothing, and a session that is ended is over', { timeout: 120_000 }, async () => {
  const { administrator: ada, url } = await startWithAdministrator()
  const stranger = personAt(join(newFolder(), 'stranger'))
  const request = startCommand(['device', 'request', '--server', url, '--email', ada.email, '--profile', stranger.profile])
  const waiting = await requestOf(ada)
  expect(await ada.json(['devices', 'deny', textAt(waiting, 'id')])).toEqual({ requestId: textAt(waiting, 'id') })
  expect(await request.ended).toMatchObject({ code: 1, out: '', err: expect.stringContaining('The device was turned away.') })
  expect(await stranger.run(['devices'])).toMatchObject({ code: 1, err: expect.stringContaining('There is no profile') })
  expect(await ada.run(['devices', 'deny', textAt(waiting, 'id')])).toMatchObject({ code: 1, out: '' })

  const second = personAt(join(newFolder(), 'second'))
  const signIn = ['sign-in', '--server', url, '--email', ada.email, '--password-stdin']
  expect(await second.json(signIn, { input: `${PASSWORD}\n` })).toEqual({ userId: ada.userId, email: ada.email })
  const sessions = elementsOf(Reflect.get(Object(await ada.json(['devices'])), 'sessions'))
  const foreign = sessions.filter((session) => Reflect.get(Object(session), 'current') !== true)
  expect(foreign).toHaveLength(1)
  expect((await ada.run(['devices', 'end', textAt(foreign[0], 'id')])).out).toBe('The session has ended.\n')
  expect(await second.run(['devices'])).toMatchObject({ code: 1, err: expect.stringContaining('Your session is over') })
  expect(await ada.run(['devices', 'end', textAt(foreign[0], 'id')])).toMatchObject({ code: 1, out: '' })

  const unsafe = await second.run(['device', 'request', '--server', 'ftp://nowhere', '--email', ada.email])
  expect(unsafe).toMatchObject({ code: 2, out: '', err: expect.stringContaining('no address of a server') })
})

/** The one device that waits, once there is one. */
async function requestOf(person: { json(args: readonly string[]): Promise<unknown> }): Promise<unknown> {
  for (;;) {
    const [request] = elementsOf(Reflect.get(Object(await person.json(['devices'])), 'requests'))
    if (request !== undefined) return request
  }
}
