import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOTP, URI } from 'otpauth'
import { expect, test } from 'vitest'
import { elementsOf, run, textAt } from './testing-command.ts'
import { newFolder, startWithAdministrator } from './testing-person.ts'

const add = ['record', 'add', '--folder', 'Mine']
const COVERED = '•••••••• (--show)'

async function startWithFolder() {
  const { administrator: ada } = await startWithAdministrator()
  await ada.json(['folder', 'add', 'Mine'])
  return ada
}

test('records of every type are added, shown with their secrets covered, and changed', { timeout: 120_000 }, async () => {
  const ada = await startWithFolder()
  const login = [...add, '--title', 'Build host', '--username', 'deploy', '--url', 'https://build.example.com']
  await ada.json([...login, '--password-stdin', '--field', 'rack=7'], { input: 'correct horse\nsecond line\n' })
  const shown = await ada.run(['record', 'get', 'build HOST'])
  expect(shown.out.split('\n')).toEqual(
    expect.arrayContaining(['title: Build host', 'folder: Mine', 'username: deploy', `password: ${COVERED}`, 'rack: 7']),
  )
  expect(shown.out).not.toContain('correct horse')
  expect((await ada.run(['record', 'get', 'Build host', '--show'])).out).toContain('password: correct horse\n')

  await ada.json(
    [
      ...add,
      '--type',
      'card',
      '--title',
      'Visa',
      '--field',
      'holder=Ada',
      '--field',
      'expires=2029-04',
      '--secret-stdin',
      'number',
      '--secret-stdin',
      'code',
    ],
    { input: '4111 1111 1111 1234\n987\n' },
  )
  expect(await ada.json(['record', 'get', 'Visa'])).toMatchObject({
    type: 'card',
    holder: 'Ada',
    expires: '2029-04',
    number: '4111 1111 1111 1234',
    code: '987',
    hint: '1234',
  })
  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n'
  const publicKey = `ssh-ed25519 ${Buffer.from('public').toString('base64')} ada@laptop`
  await ada.json(
    [...add, '--type', 'ssh-key', '--title', 'Deploy key', '--secret-stdin', 'privateKey', '--field', `publicKey=${publicKey}`],
    { input: key },
  )
  const fingerprint = `SHA256:${createHash('sha256').update('public').digest('base64').replace(/=+$/, '')}`
  expect(await ada.json(['record', 'get', 'Deploy key'])).toMatchObject({ privateKey: key, publicKey, hint: fingerprint })
  await ada.json([...add, '--type', 'identity', '--title', 'Ada', '--field', 'city=London', '--secret-stdin', 'documentNumber'], {
    input: 'P 1234567',
  })
  await ada.json([...add, '--type', 'note', '--title', 'Safe', '--notes', 'behind the painting', '--secret-stdin', 'combination'], {
    input: '12-34\n56-78\n',
  })
  const safe = await ada.run(['record', 'get', 'Safe'])
  expect(safe.out).toContain(`combination: ${COVERED}\n`)
  expect(safe.out).not.toContain('12-34')
  expect(await ada.json(['record', 'get', 'Safe'])).toMatchObject({
    fields: [{ name: 'combination', value: '12-34\n56-78', hidden: true }],
  })

  for (const wrong of [
    ['--type', 'receipt', '--title', 'x'],
    ['--type', 'note', '--title', 'x', '--password-stdin'],
    ['--type', 'note', '--title', 'x', '--generate'],
    ['--type', 'note', '--title', 'x', '--username', 'ada'],
    ['--type', 'card', '--title', 'x', '--field', 'number=4111'],
    ['--type', 'card', '--title', 'x', '--field', 'expires=04/29'],
    ['--type', 'ssh-key', '--title', 'x'],
    ['--title', 'x', '--field', 'rack'],
    ['--title', 'x', '--generate', '2'],
    ['--title', 'x', '--generate', '--password-stdin'],
    ['--title', ''],
    ['--title', 'x'.repeat(501)],
    ['--title', 'x', '--secret-stdin', 'totp'],
  ]) {
    const refused = await ada.run([...add, ...wrong], { input: 'swordfish!\n' })
    expect({ wrong, ...refused }).toMatchObject({ wrong, code: 2, out: '' })
    expect(refused.err).not.toMatch(/bug|swordfish/)
  }
  expect(await ada.run(['record', 'add', '--folder', 'Nowhere', '--title', 'x'])).toMatchObject({ code: 1, out: '' })
  expect(elementsOf(await ada.json(['record', 'list'])).map((record) => textAt(record, 'title'))).toEqual([
    'Ada',
    'Build host',
    'Deploy key',
    'Safe',
    'Visa',
  ])

  const edited = ['record', 'edit', 'Build host', '--title', 'Build server', '--field', 'rack=8', '--generate', '30']
  expect(await ada.json(edited)).toMatchObject({ version: 2 })
  const after = await ada.json(['record', 'get', 'Build server'])
  expect(after).toMatchObject({
    username: 'deploy',
    password: expect.stringMatching(/^.{30}$/),
    fields: [{ name: 'rack', value: '8', hidden: false }],
    version: 2,
  })
  expect(await ada.run(['record', 'edit', 'Safe', '--generate'])).toMatchObject({ code: 2, out: '' })
  expect(await ada.run(['record', 'get', 'Build host'])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('claviger record list'),
  })
})

test('a record has one-time codes, a history, and a way back from the bin', { timeout: 120_000 }, async () => {
  const ada = await startWithFolder()
  const totp = new TOTP({ issuer: 'Example', label: 'ada', algorithm: 'SHA256', digits: 8 })
  const id = textAt(
    await ada.json([...add, '--title', 'Bank', '--secret-stdin', 'password', '--secret-stdin', 'totp'], {
      input: `first\n${URI.stringify(totp)}\n`,
    }),
    'id',
  )
  const counter = totp.counter()
  const { out } = await ada.run(['record', 'totp', 'Bank'])
  expect([counter, counter + 1].map((at) => totp.generate({ timestamp: at * 30_000 }))).toContain(out.trim())
  expect(await ada.json(['record', 'totp', 'Bank'])).toEqual({
    code: expect.stringMatching(/^\d{8}$/),
    validUntil: expect.stringMatching(/Z$/),
  })
  expect((await ada.run(['record', 'get', 'Bank'])).out).toContain(`totp: ${COVERED}`)

  await ada.json(['record', 'edit', 'Bank', '--password-stdin'], { input: 'second\n' })
  await ada.json(['record', 'edit', 'Bank', '--title', 'The bank', '--password-stdin'], { input: 'third\n' })
  expect(await ada.json(['record', 'history', 'The bank'])).toMatchObject([
    { version: 3, title: 'The bank' },
    { version: 2, title: 'Bank' },
    { version: 1, title: 'Bank' },
  ])
  expect((await ada.run(['record', 'history', id])).out).toMatch(/^VERSION +WHEN +TITLE\n3 .+The bank\n2 .+Bank\n1 .+Bank\n$/)
  for (const [at, password] of [
    [1, 'first'],
    [2, 'second'],
    [3, 'third'],
  ] as const) {
    expect(await ada.json(['record', 'get', 'The bank', '--at', String(at)])).toMatchObject({ version: at, password })
  }
  expect(await ada.run(['record', 'get', 'The bank', '--at', '9'])).toMatchObject({ code: 1, out: '' })
  expect(await ada.run(['record', 'get', 'The bank', '--at', 'first'])).toMatchObject({ code: 2, out: '' })

  expect(await ada.json(['record', 'remove', 'the BANK'])).toEqual({ id, title: 'The bank' })
  expect(await ada.json(['record', 'list'])).toEqual([])
  expect(await ada.run(['record', 'get', 'The bank'])).toMatchObject({ code: 1, out: '' })
  expect(await ada.json(['record', 'list', '--bin'])).toMatchObject([{ id, title: 'The bank' }])
  expect(await ada.json(['record', 'restore', id])).toEqual({ id, title: 'The bank' })
  expect(await ada.run(['record', 'restore', id])).toMatchObject({ code: 1, out: '' })
  expect(await ada.json(['record', 'get', id])).toMatchObject({ password: 'third', totp: { algorithm: 'SHA256', digits: 8 } })
  await ada.json([...add, '--title', 'The Bank', '--type', 'note'])
  // The exact title is meant where there is one; else both are named.
  expect(await ada.json(['record', 'get', 'The bank'])).toMatchObject({ id })
  expect(await ada.run(['record', 'get', 'the bank'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining(id) })
  expect(await ada.run(['record', 'totp', 'The Bank'])).toMatchObject({ code: 1, out: '' })
})

test('files are attached, written to disk as they were, and removed', { timeout: 120_000 }, async () => {
  const ada = await startWithFolder()
  const folder = newFolder()
  const bytes = randomBytes(3 * 1024 * 1024 + 17)
  const path = join(folder, 'photo.png')
  writeFileSync(path, bytes)
  writeFileSync(join(folder, 'empty.txt'), '')
  await ada.json([...add, '--title', 'House', '--type', 'file'])
  expect(await ada.json(['record', 'attach', 'House', path])).toEqual({ id: expect.any(String), name: 'photo.png', size: bytes.length })
  await ada.json(['record', 'attach', 'House', join(folder, 'empty.txt')])
  expect(await ada.run(['record', 'attach', 'House', join(folder, 'nothing')])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('There is no'),
  })
  expect(await ada.run(['record', 'attach', 'House', folder])).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('is no file'),
  })
  expect(await ada.json(['record', 'get', 'House'])).toMatchObject({
    attachments: expect.arrayContaining([
      expect.objectContaining({ name: 'photo.png', mediaType: 'image/png', size: bytes.length, complete: true }),
    ]),
  })

  const to = join(folder, 'copy.png')
  expect(await ada.json(['record', 'fetch', 'House', 'photo.png', '--to', to])).toMatchObject({ name: 'photo.png', file: to })
  expect(readFileSync(to).equals(bytes)).toBe(true)
  expect(statSync(to).mode & 0o777).toBe(0o600)
  expect(await ada.run(['record', 'fetch', 'House', 'empty.txt', '--to', to])).toMatchObject({
    code: 1,
    err: expect.stringContaining('is there already'),
  })
  expect(readFileSync(to).equals(bytes)).toBe(true)
  await ada.json(['record', 'fetch', 'House', 'empty.txt', '--to', join(folder, 'none.txt')])
  expect(statSync(join(folder, 'none.txt')).size).toBe(0)

  await ada.json(['record', 'detach', 'House', 'photo.png'])
  const gone = join(folder, 'gone.png')
  expect(await ada.run(['record', 'fetch', 'House', 'photo.png', '--to', gone])).toMatchObject({ code: 1, out: '' })
  expect(existsSync(gone)).toBe(false)
  expect(await run(['record', 'get', 'House', '--profile', folder])).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('There is no profile'),
  })
})
