import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Installation, startInstallation } from './installation.ts'

const ada = { userName: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace', displayName: 'Ada Lovelace' }

async function arrival({ mail }: Installation, address: string) {
  for (let tries = 0; tries < 200; tries++) {
    const found = mail?.arrived.filter(({ to }) => to.includes(address)).at(-1)
    if (found) return found
    await sleep(50)
  }
  throw new Error(`no mail arrived for ${address}`)
}

test('story 3: an Okta assignment makes an invited user, and a mail greets by first name and holds the link', async () => {
  const installation = await startInstallation({ mail: true })
  const method = await installation.addMethod('Staff')
  expect((await installation.connect(method).assign(ada)).ok).toBe(true)
  expect(await installation.users(method)).toMatchObject([{ email: 'ada@example.com', status: 'invited' }])
  const mail = await arrival(installation, 'ada@example.com')
  expect(mail.text).toMatch(/\bAda\b/)
  expect(mail.text).toContain(`${installation.url}/invite#`)
  expect(mail.html).toContain(`${installation.url}/invite#`)
})

test('story 3: where no mail server is set, the administrator is shown the link instead', async () => {
  const { addMethod, connect, users, url } = await startInstallation()
  const method = await addMethod('Staff')
  await connect(method).assign(ada)
  const [user] = await users(method)
  expect(user?.invitationUrl).toMatch(new RegExp(`^${url}/invite#`))
})

test('story 5: a profile change changes the user, and a changed userName the address, with the same account', async () => {
  const { addMethod, connect, users } = await startInstallation()
  const method = await addMethod('Staff')
  const okta = connect(method)
  await okta.assign(ada)
  const [before] = await users(method)
  expect((await okta.update('ada@example.com', { title: 'Countess', familyName: 'King' })).ok).toBe(true)
  expect((await okta.update('ada@example.com', { userName: 'ada.king@example.com', email: 'ada.king@example.com' })).ok).toBe(true)
  expect(await users(method)).toMatchObject([{ id: before?.id, email: 'ada.king@example.com', status: 'invited' }])
})

test('story 6: deactivation locks at once, and reactivation restores what was', async () => {
  const { addMethod, connect, users } = await startInstallation()
  const method = await addMethod('Staff')
  const okta = connect(method)
  await okta.assign(ada)
  await okta.pushGroup({ name: 'Engineering', members: ['ada@example.com'] })
  expect((await okta.deactivate('ada@example.com')).ok).toBe(true)
  expect(await users(method)).toMatchObject([{ status: 'locked', teams: ['Engineering'] }])
  expect((await okta.reactivate('ada@example.com')).ok).toBe(true)
  expect(await users(method)).toMatchObject([{ status: 'invited', teams: ['Engineering'] }])
})

test('story 7: a userName that is no e-mail address is refused with what the Okta administrator must change', async () => {
  const { addMethod, connect, users, log } = await startInstallation()
  const method = await addMethod('Staff')
  const refused = await connect(method).assign({ ...ada, userName: 'alovelace', email: 'ada@example.com' })
  expect(refused).toMatchObject({
    ok: false,
    failure: { status: 400 },
    detail: expect.stringMatching(/must be an e-mail address.*Application username format/),
  })
  expect(await users(method)).toEqual([])
  expect((await log(method)).at(-1)).toMatchObject({ status: 400, detail: expect.stringContaining('must be an e-mail address') })
})

test('story 7: where the primary e-mail is another one, the method warns by default, and refuses when it is set to', async () => {
  const { addMethod, connect, users, log, claviger } = await startInstallation()
  const method = await addMethod('Staff')
  const okta = connect(method)
  expect((await okta.assign({ ...ada, email: 'countess@example.com' })).ok).toBe(true)
  expect(await users(method)).toMatchObject([{ email: 'ada@example.com', flags: ['email-differs'] }])
  expect((await log(method)).find(({ operation }) => operation === 'user.create')?.advice).toMatch(/primary e-mail differs/)
  await claviger('method', 'set', method.methodId, '--email-policy', 'refuse')
  const refused = await okta.assign({ userName: 'grace@example.com', givenName: 'Grace', email: 'hopper@example.com' })
  expect(refused).toMatchObject({ ok: false, failure: { status: 400 } })
  expect(await users(method)).toHaveLength(1)
})

test('story 8: first and last names are used in the mail, and shown by no command', async () => {
  const installation = await startInstallation({ mail: true })
  const method = await installation.addMethod('Staff')
  await installation.connect(method).assign(ada)
  expect((await arrival(installation, 'ada@example.com')).text).toContain('Ada')
  const shown = JSON.stringify([await installation.users(method), await installation.teams(method)])
  expect(shown).not.toMatch(/Lovelace|"Ada/)
})

test('story 14: a deleted user is gone from the directory’s view, and the same person created again gets the account back', async () => {
  const { addMethod, connect, users } = await startInstallation()
  const method = await addMethod('Staff')
  const entra = connect(method, 'entra')
  await entra.assign({ ...ada, externalId: 'ada-1' })
  const [before] = await users(method)
  expect((await entra.delete('ada@example.com')).ok).toBe(true)
  expect(await users(method)).toEqual([])
  const again = connect(method, 'entra')
  expect((await again.assign({ ...ada, externalId: 'ada-1' })).ok).toBe(true)
  expect((await users(method)).map(({ id }) => id)).toEqual([before?.id])
})

test('story 14: another person with a recycled address gets nothing of the account', async () => {
  const { addMethod, connect, users } = await startInstallation()
  const method = await addMethod('Staff')
  const entra = connect(method, 'entra')
  await entra.assign({ ...ada, externalId: 'ada-1' })
  const [before] = await users(method)
  await entra.delete('ada@example.com')
  await connect(method, 'entra').assign({ userName: 'ada@example.com', givenName: 'Adele', externalId: 'adele-1' })
  const [after] = await users(method)
  expect(after?.email).toBe('ada@example.com')
  expect(after?.id).not.toBe(before?.id)
})
