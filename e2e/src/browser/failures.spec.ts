import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runJson, startCommand } from 'claviger/src/testing-command.ts'
import { expect, test } from 'vitest'
import { type Installation, type Method, startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { acceptLink, openBrowser, openConsole, PASSWORD, signIn } from './person.ts'

test('a server that is gone is said so, and what is shown goes on by itself when it is back', async () => {
  const installation = await startInstallation()
  const { page } = await openConsole(installation)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  await installation.stop()
  await page.getByRole('status').getByText('The server cannot be reached').waitFor()
  // What cannot be done now says what became of it.
  await page.getByLabel('Name of the enterprise').fill('Other name')
  await page.getByRole('button', { name: 'Save' }).click()
  await page
    .getByRole('alert')
    .getByText(/may not have arrived/)
    .first()
    .waitFor()
  await expectAccessible(page)
  // A part of the console that was never loaded.
  await page.getByRole('link', { name: 'Activity' }).click()
  await page.getByText('This page could not be loaded').waitFor()
  await page.getByRole('button', { name: 'Reload the page' }).waitFor()

  const { port } = new URL(installation.url)
  const again = startCommand(['serve', '--port', port], { env: installation.env })
  await again.wrote(`:${port}`)
  await expect.poll(() => page.getByRole('status').getByText('The server cannot be reached').count(), { timeout: 30_000 }).toBe(0)
  await page.getByRole('button', { name: 'Reload the page' }).click()
  await page.getByRole('list', { name: 'Activity' }).waitFor()
})

test('who is locked while the console is open is told so, and comes back to the page after signing in again', async () => {
  const installation = await startInstallation()
  const { page } = await openConsole(installation)
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  await okta.assign({ userName: 'grace@example.com' })
  await register(installation, method, 'grace@example.com')
  await page.getByRole('link', { name: 'Approvals' }).first().click()
  await page.getByRole('button', { name: 'Approve all' }).click()
  await page.getByRole('button', { name: 'Approve all now' }).click()
  await page.getByRole('dialog').getByText('Verified 1 person.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Appoint an administrator' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('User', { exact: false }).first().fill('grace')
  await dialog.getByLabel('grace@example.com').check()
  await dialog.getByLabel('read-only administrator').check()
  await dialog.getByRole('button', { name: 'Appoint' }).click()
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)

  const grace = await openBrowser()
  await signIn(grace, installation, 'grace@example.com', '/console/activity')
  await grace.page.getByRole('list', { name: 'Activity' }).waitFor()
  await okta.deactivate('grace@example.com')
  await grace.page.getByRole('alert').getByText('Your session has ended').waitFor()
  await expectAccessible(grace.page)
  await okta.reactivate('grace@example.com')
  await grace.page.getByRole('button', { name: 'Sign in again' }).first().click()
  await grace.page.waitForURL(/\/sign-in\?then=/)
  await signIn(grace, installation, 'grace@example.com', '/console/activity')
  await grace.page.waitForURL('**/console/activity')
})

test('a link that is cut, altered, expired or used says so, and what to do', async () => {
  const installation = await startInstallation()
  const { page } = await openBrowser()
  await page.goto(`${installation.url}/invite`)
  await page.getByRole('heading', { name: 'The link is not whole' }).waitFor()
  await expectAccessible(page)
  await page.goto(`${installation.setupUrl}x`)
  await page.reload()
  await page.getByRole('heading', { name: 'This link opens nothing' }).waitFor()
  await expectAccessible(page)
  await page.goto(installation.setupUrl)
  await page.reload()
  await page
    .getByLabel(/^Password/)
    .first()
    .waitFor()
  await expectAccessible(page)
  await acceptLink(page, installation.setupUrl, 'Set up')
  await page.waitForURL('**/console')
  await page.goto(installation.setupUrl)
  await page.getByRole('heading', { name: 'This link has done its work' }).waitFor()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await expectAccessible(page)
})

test('whoever has no role is told whom the console is for', async () => {
  const installation = await startInstallation()
  const administrator = join(mkdtempSync(join(tmpdir(), 'claviger-spec-')), 'admin')
  await runJson(['setup', '--url', installation.setupUrl, '--password-stdin', '--profile', administrator], { input: PASSWORD })
  const method = await installation.addMethod('Staff')
  await installation.connect(method).assign({ userName: 'grace@example.com' })
  const [grace] = await installation.users(method)
  const { page } = await openBrowser()
  await acceptLink(page, grace?.invitationUrl ?? '', 'Create account')
  await page.getByRole('link', { name: 'Admin Console' }).click()
  await page.getByRole('heading', { name: 'The Admin Console is for administrators' }).waitFor()
  await expectAccessible(page)
})

async function register(installation: Installation, method: Method, email: string): Promise<void> {
  const link = (await installation.users(method)).find((user) => user.email === email)?.invitationUrl ?? ''
  const profile = join(mkdtempSync(join(tmpdir(), 'claviger-spec-')), 'profile')
  await runJson(['register', '--invitation', link, '--password-stdin', '--profile', profile], { input: PASSWORD })
}
