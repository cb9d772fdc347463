import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTotp, totpCode } from '@claviger/client/vault/totp.ts'
import { expect, test } from 'vitest'
import { elementsOf, textAt } from './testing-command.ts'
import { newFolder, PASSWORD, personAt, startWithAdministrator } from './testing-person.ts'

const NEXT = 'seven lanterns on the frozen pier'
const THIRD = 'marble staircases lead to the orchard'

test('a password is changed with the present one, and a forgotten one set anew with the recovery code', { timeout: 180_000 }, async () => {
  const { administrator: ada, url } = await startWithAdministrator()
  const second = personAt(join(newFolder(), 'second'))
  const signIn = ['sign-in', '--server', url, '--email', ada.email, '--password-stdin']
  await second.json(signIn, { input: `${PASSWORD}\n` })

  const change = ['password', 'change', '--password-stdin']
  expect(await ada.run(change, { input: `${PASSWORD}\n` })).toMatchObject({
    code: 2,
    err: expect.stringContaining('new password is missing'),
  })
  expect(await ada.run(change, { input: `wrong ${PASSWORD}\n${NEXT}\n` })).toMatchObject({ code: 1, out: '' })
  const weak = await ada.run(change, { input: `${PASSWORD}\nexample1\n` })
  expect(weak).toMatchObject({ code: 2, out: '', err: expect.stringContaining('could be guessed') })
  expect(await second.run(['devices'])).toMatchObject({ code: 0 })

  const changed = await ada.run(change, { input: `${PASSWORD}\n${NEXT}\n` })
  expect(changed).toEqual({ code: 0, out: `The password of ${ada.email} is changed. Every other session has ended.\n`, err: '' })
  expect(await ada.run(['devices'])).toMatchObject({ code: 0 })
  expect(await second.run(['devices'])).toMatchObject({ code: 1, err: expect.stringContaining('session is over') })
  expect(await second.run(signIn, { input: `${PASSWORD}\n` })).toMatchObject({ code: 1, out: '' })
  expect(await second.json(signIn, { input: `${NEXT}\n` })).toMatchObject({ email: ada.email })

  const third = personAt(join(newFolder(), 'third'))
  const recover = ['recover', '--server', url, '--email', ada.email, '--code-stdin']
  const mistyped = await third.run(recover, { input: `${ada.recoveryCode.slice(0, -1)}\n${THIRD}\n` })
  expect(mistyped).toMatchObject({ code: 1, out: '' })
  expect(await third.run(recover, { input: `${ada.recoveryCode}\n` })).toMatchObject({
    code: 2,
    err: expect.stringContaining('new password'),
  })
  const recovered = await third.json(recover, { input: `${ada.recoveryCode}\n${THIRD}\n` })
  expect(recovered).toEqual({ userId: ada.userId, email: ada.email, recoveryCode: expect.stringMatching(/^(\w{4}-)+\w{4}$/) })
  expect(textAt(recovered, 'recoveryCode')).not.toBe(ada.recoveryCode)
  expect(await third.json(['devices'])).toMatchObject({ devices: [{ current: true }] })
  expect(await ada.run(['devices'])).toMatchObject({ code: 1, err: expect.stringContaining('session is over') })
  expect(await ada.run(recover, { input: `${ada.recoveryCode}\n${THIRD}\n` })).toMatchObject({ code: 1, out: '' })

  const kept = [ada, second, third].flatMap(({ profile }) => readdirSync(profile).map((name) => readFileSync(join(profile, name), 'utf8')))
  expect(kept).toHaveLength(3)
  for (const secret of [PASSWORD, NEXT, THIRD, ada.recoveryCode, textAt(recovered, 'recoveryCode')]) {
    expect(kept.join()).not.toContain(secret)
  }
})

test('an authenticator is set up with its first code, asked for at sign-in, and taken away', { timeout: 180_000 }, async () => {
  const { administrator: ada, url } = await startWithAdministrator()
  expect(await ada.json(['second-factor', 'list'])).toEqual([])
  const begun = await ada.json(['second-factor', 'add-totp', '--name', 'Phone'])
  const totp = readTotp(textAt(begun, 'uri'))
  if (totp === null) throw new Error('no URI of an authenticator')
  expect(totp.secret).toBe(textAt(begun, 'secret'))
  const codeAt = (at = Date.now()) => totpCode(totp, at).code
  const id = textAt(begun, 'id')
  expect(await ada.run(['second-factor', 'confirm', id, '--totp', 'no code'])).toMatchObject({ code: 2, out: '' })
  expect(await ada.run(['second-factor', 'confirm', id, '--totp', otherThan(codeAt())])).toMatchObject({ code: 2, out: '' })
  expect(await ada.json(['second-factor', 'confirm', id, '--totp', codeAt().replace(/^.../, '$& ')])).toEqual({ id })
  expect(await ada.json(['second-factor'])).toMatchObject([{ id, kind: 'totp', name: 'Phone' }])

  const second = personAt(join(newFolder(), 'second'))
  const signIn = ['sign-in', '--server', url, '--email', ada.email, '--password-stdin']
  expect(await second.run(signIn, { input: `${PASSWORD}\n` })).toMatchObject({ code: 1, out: '', err: expect.stringContaining('--totp') })
  expect(await second.run([...signIn, '--totp', otherThan(codeAt())], { input: `${PASSWORD}\n` })).toMatchObject({
    code: 1,
    out: '',
  })
  // A step is used once: the confirmation used the present one, the next is good already.
  const next = codeAt(Date.now() + 30_000)
  expect(await second.json([...signIn, '--totp', next], { input: `${PASSWORD}\n` })).toMatchObject({ email: ada.email })

  expect((await ada.run(['second-factor', 'remove', id])).out).toBe('The second factor is removed.\n')
  expect(await ada.run(['second-factor', 'remove', id])).toMatchObject({ code: 1, out: '' })
  expect(await ada.json(['second-factor', 'list'])).toEqual([])
  expect(elementsOf(await ada.json(['notices'])).length).toBeGreaterThan(0)
  expect(await personAt(join(newFolder(), 'nobody')).run(['second-factor'])).toMatchObject({ code: 1, out: '' })
})

/** A code that is none of the next ones. */
function otherThan(code: string): string {
  return code.replace(/.$/, (digit) => String((Number(digit) + 5) % 10))
}
