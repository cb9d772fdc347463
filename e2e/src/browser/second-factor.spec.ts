import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { codeAt } from '../authenticator-app.ts'
import { startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { openConsole, PASSWORD, passwordField } from './person.ts'

test('an administrator adds an authenticator app and a passkey in the browser, and signs in with either', async () => {
  const installation = await startInstallation()
  const { page, refused } = await openConsole(installation)
  await addAuthenticator(page)
  await page.getByRole('link', { name: 'Sign-on' }).click()
  await page.getByRole('region', { name: 'Administrators without a second factor' }).getByText('admin@example.com').waitFor()
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Add an authenticator app' }).click()
  await page.getByRole('button', { name: 'Show the secret' }).click()
  const secret = await page.getByLabel('Secret', { exact: true }).inputValue()
  await expectAccessible(page)
  await page.getByLabel('The code that the app shows now').fill(codeAt(secret, Date.now()))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('None: each active administrator has one.').waitFor()

  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByLabel('What it is to be called').fill('Key on my ring')
  await page.getByRole('button', { name: 'Add it' }).click()
  await page.getByText('Key on my ring').waitFor()
  await page.getByText('1 of 1 person').waitFor()

  await signOut(page)
  await password(page)
  await page.getByRole('heading', { name: 'Second factor' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.waitForURL('**/console')

  await signOut(page)
  await password(page)
  // A code is good for one sign-in: the next one, which the server takes early.
  await page.getByLabel('Digit 1 of the code').click()
  await page.keyboard.type(codeAt(secret, Date.now() + 30_000))
  await page.waitForURL('**/console')
  expect(refused).toEqual([])
})

/** An authenticator in the machine, whose person always agrees. */
async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'admin@example.com' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/sign-in\?then=/)
}

async function password(page: Page): Promise<void> {
  await page.getByLabel('E-mail').fill('admin@example.com')
  await page.getByRole('button', { name: 'Go on' }).click()
  await passwordField(page).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
