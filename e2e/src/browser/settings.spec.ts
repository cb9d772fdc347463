import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runJson } from 'claviger/src/testing-command.ts'
import { expect, test } from 'vitest'
import { type Installation, type Method, startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { openBrowser, openConsole, PASSWORD, signIn } from './person.ts'

test('settings are saved with a clear result, administrators appointed and dismissed, and who may not is told why', async () => {
  const installation = await startInstallation()
  const { page, refused } = await openConsole(installation)
  const method = await installation.addMethod('Staff')
  await installation.connect(method).assign({ userName: 'grace@example.com', givenName: 'Wilhelmina', familyName: 'Featherstone' })
  await register(installation, method, 'grace@example.com')
  await page.getByRole('link', { name: 'Settings' }).click()

  const enterprise = page.getByRole('region', { name: 'Enterprise' })
  await enterprise.getByLabel('Name of the enterprise').fill('Example & Sons')
  await enterprise.getByLabel('Show names').check({ force: true })
  await enterprise.getByText('Not saved yet.').waitFor()
  await enterprise.getByRole('button', { name: 'Save' }).click()
  await enterprise.getByText('This is what holds.').waitFor()
  await page.getByRole('link', { name: 'Example & Sons: overview' }).waitFor()

  await enterprise.getByLabel('Days for which deleted users are kept').fill('7')
  await enterprise.getByRole('button', { name: 'Save' }).click()
  const warning = page.getByRole('dialog', { name: 'A shorter time holds for everybody' })
  await warning.getByText('Who was deleted more than 7 days ago is purged').waitFor()
  await warning.getByRole('button', { name: 'Shorten it' }).click()
  await enterprise.getByText('This is what holds.').waitFor()
  expect(await enterprise.getByLabel('Days for which deleted users are kept').inputValue()).toBe('7')

  // The role needs keys of grace that somebody verified.
  await page.getByRole('link', { name: 'Approvals' }).first().click()
  await page.getByRole('button', { name: 'Approve all' }).click()
  await page.getByRole('button', { name: 'Approve all now' }).click()
  await page.getByRole('dialog').getByText('Verified 1 person.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Appoint an administrator' }).click()
  const dialog = page.getByRole('dialog', { name: 'Appoint an administrator' })
  await dialog.getByLabel('User', { exact: false }).first().fill('grace')
  await dialog.getByLabel('grace@example.com').check()
  await dialog.getByLabel('read-only administrator').check()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Appoint' }).click()
  const administrators = page.getByRole('table', { name: 'Administrators' })
  const row = administrators.getByRole('row').filter({ hasText: 'grace@example.com' })
  await row.getByText('read-only administrator').waitFor()

  // The last full administrator stays, and the console says why.
  await administrators.getByRole('button', { name: /Dismiss admin@example.com/ }).click()
  const last = page.getByRole('dialog', { name: 'Dismiss admin@example.com' })
  await last.getByRole('button', { name: 'Dismiss', exact: true }).click()
  await last
    .getByRole('alert')
    .getByText(/administrator/)
    .first()
    .waitFor()
  await last.getByRole('button', { name: 'Cancel' }).click()
  await administrators.getByRole('row').filter({ hasText: 'admin@example.com' }).getByText('full administrator').waitFor()

  const other = await openBrowser()
  await signIn(other, installation, 'grace@example.com', '/console/settings')
  await other.page.getByText('Only a full administrator of the root node can change these.').waitFor()
  expect(await other.page.getByRole('button', { name: 'Save' }).count()).toBe(0)
  expect(await other.page.getByRole('button', { name: 'Appoint an administrator' }).count()).toBe(0)

  await row.getByRole('button', { name: /Dismiss/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Dismiss', exact: true }).click()
  await expect.poll(() => row.count()).toBe(0)
  expect(refused.filter((text) => !text.includes('status of 403'))).toEqual([])
})

test('the policy of the enterprise log is stated from the browser, after the words of what it means', async () => {
  const installation = await startInstallation()
  const { page, refused } = await openConsole(installation)
  await page.getByRole('link', { name: 'Settings' }).click()
  const policy = page.getByRole('region', { name: 'Approvals and recovery' })
  await policy.getByLabel('Everyone').click()
  const dialog = page.getByRole('dialog', { name: 'State another policy' })
  await dialog.getByText('A server that was taken over').waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  expect(await policy.getByLabel('Verified members').isChecked()).toBe(true)
  await policy.getByLabel('Everyone').click()
  await dialog.getByRole('button', { name: 'State it' }).click()
  await expect.poll(() => policy.getByLabel('Everyone').isChecked()).toBe(true)
  await page.reload()
  await expect.poll(() => policy.getByLabel('Everyone').isChecked()).toBe(true)
  await page.getByText('There is none. On the machine that shall run it:').waitFor()
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  await expectAccessible(page)
  expect(refused).toEqual([])
})

async function register(installation: Installation, method: Method, email: string): Promise<void> {
  const link = (await installation.users(method)).find((user) => user.email === email)?.invitationUrl ?? ''
  const profile = join(mkdtempSync(join(tmpdir(), 'claviger-spec-')), 'profile')
  await runJson(['register', '--invitation', link, '--password-stdin', '--profile', profile], { input: PASSWORD })
}
