import { openIdentity } from '@claviger/client/keys/identity.ts'
import { finishSignIn, startSignIn } from '@claviger/client/keys/opaque.ts'
import { TestOpaqueServer } from '@claviger/client/keys/testing-opaque-server.ts'
import { openRoot } from '@claviger/client/keys/user-root.ts'
import { expect, test } from 'vitest'
import { type BrowserPage, openPage } from './browser-page.ts'
import { found, openShared, share } from './sharing.ts'

const PASSWORD = 'terrapin vukeluwa 47 obibu'
const TEXT = { title: 'Mail – büro', password: 'hunter2 🔑' }

test('an account that was made in Chromium opens on its device after a reload, by password there, and by password in Node', async () => {
  const [page, server] = [await openPage(), await TestOpaqueServer.open()]
  const account = await register(page, server)
  const { signingKey } = account.identity

  await page.reload()
  const onDevice = await page.ask('openOnDevice', account)
  expect(onDevice).toEqual({ signingKey, refusals: ['not_exportable', 'InvalidAccessError'] })

  const signedIn = await signInThere(page, server, account, PASSWORD)
  expect(signedIn.signingKey).toBe(signingKey)
  expect(signedIn.sessionKey).toBe(signedIn.sessionKeyOfServer)

  const { state, startLoginRequest } = await startSignIn(PASSWORD)
  const { loginResponse } = server.answerSignIn(account.owner, account.registrationRecord, startLoginRequest)
  const { passwordKey } = finishSignIn(PASSWORD, state, loginResponse, account.owner)
  const root = await openRoot(account.byPassword, account.owner, passwordKey)
  expect((await openIdentity(account.identity, root, account.owner, null)).public.signingKey).toBe(signingKey)
  expect(page.console).toEqual([])
})

test('in another browser, which has no keys of the device, only the password opens the account', async () => {
  const [page, server] = [await openPage(), await TestOpaqueServer.open()]
  const account = await register(page, server)
  const other = await openPage()
  await expect(other.ask('openOnDevice', account)).rejects.toThrow('no device is stored')
  await expect(signInThere(other, server, account, `${PASSWORD}x`)).rejects.toThrow('wrong_password')
  expect((await signInThere(other, server, account, PASSWORD)).signingKey).toBe(account.identity.signingKey)
})

test('what was shared in Chromium opens in Node and in Chromium, with the log that tells whose it is', async () => {
  const [page, server] = [await openPage(), await TestOpaqueServer.open()]
  const account = await register(page, server)
  await page.reload()
  const shared = await page.ask('share', account, TEXT)
  expect(await openShared(shared)).toEqual(TEXT)
  expect(await page.ask('openShared', shared)).toEqual(TEXT)
})

test('what was shared in Node opens in Chromium, and swapped, shortened or altered it does not', async () => {
  const [page, shared, other] = [await openPage(), await share(await found(), TEXT), await share(await found(), TEXT)]
  expect(await page.ask('openShared', shared)).toEqual(TEXT)
  const { log, record } = shared
  const forged = [
    [{ ...shared, log: log.slice(0, -1) }, 'unknown_key'],
    [{ ...shared, log: log.toSpliced(1, 1) }, 'broken_chain'],
    [{ ...shared, log: other.log }, 'uncertified'],
    [{ ...shared, teamGrant: other.teamGrant }, 'bad_grant'],
    [{ ...shared, folderGrant: { ...shared.folderGrant, signature: shared.teamGrant.signature } }, 'bad_grant'],
    [{ ...shared, member: other.member }, 'bad_grant'],
    [{ ...shared, record: { ...record, meta: record.body, body: record.meta } }, 'cannot_open'],
    [{ ...shared, record: { ...record, version: 2 } }, 'cannot_open'],
  ] as const
  for (const [each, code] of forged) await expect(page.ask('openShared', each)).rejects.toThrow(`${code}: `)
})

async function register(page: BrowserPage, server: TestOpaqueServer) {
  const { userId } = await page.ask('found')
  const response = server.answerRegistration(userId, await page.ask('startRegistration', PASSWORD))
  return page.ask('finishRegistration', PASSWORD, response)
}

async function signInThere(page: BrowserPage, server: TestOpaqueServer, account: Awaited<ReturnType<typeof register>>, password: string) {
  const { loginResponse, end } = server.answerSignIn(account.owner, account.registrationRecord, await page.ask('startSignIn', password))
  const { finishLoginRequest, ...signedIn } = await page.ask('finishSignIn', password, loginResponse, account)
  return { ...signedIn, sessionKeyOfServer: end(finishLoginRequest) }
}
