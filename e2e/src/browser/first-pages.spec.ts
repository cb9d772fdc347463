import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runJson } from 'claviger/src/testing-command.ts'
import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { acceptLink, openBrowser, openConsole, PASSWORD, passwordField } from './person.ts'

test('stories 10, 11: an administrator sets up in the browser, and approves the pushed team and its members there', async () => {
  const installation = await startInstallation()
  const { page, refused } = await openConsole(installation)
  await page.getByRole('link', { name: 'Approvals' }).click()
  await page.getByRole('heading', { name: 'Nothing waits' }).waitFor()
  await expectAccessible(page)

  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  await okta.assign({ userName: 'grace@example.com' })
  await okta.pushGroup({ name: 'Engineering', members: ['grace@example.com'] })
  const [grace] = await installation.users(method)
  const profile = join(mkdtempSync(join(tmpdir(), 'claviger-spec-')), 'grace')
  const link = ['--invitation', grace?.invitationUrl ?? '', '--password-stdin', '--profile', profile]
  await runJson(['register', ...link], { input: PASSWORD })

  const waiting = page.getByRole('region', { name: 'Teams' })
  await waiting.getByText('The team Engineering has no key yet').waitFor()
  expect(await waiting.textContent()).toContain('you')
  await page.getByRole('button', { name: 'Approve all' }).click()
  await page.getByRole('button', { name: 'Approve all now' }).click()
  const report = page.getByRole('dialog')
  await report.getByText('Admitted 1 member. grace@example.com on Engineering').waitFor()
  await report.getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('heading', { name: 'Nothing waits' }).waitFor()
  expect(await installation.teams(method)).toMatchObject([
    { status: 'active', members: [{ email: 'grace@example.com', status: 'active' }] },
  ])
  expect(refused).toEqual([])
})

test('somebody invited makes the account in the browser, signs out, and signs in again with the password', async () => {
  const installation = await startInstallation()
  const administrator = join(mkdtempSync(join(tmpdir(), 'claviger-spec-')), 'admin')
  await runJson(['setup', '--url', installation.setupUrl, '--password-stdin', '--profile', administrator], { input: PASSWORD })
  const method = await installation.addMethod('Staff')
  await installation.connect(method).assign({ userName: 'grace@example.com' })
  const [grace] = await installation.users(method)
  const { page, refused } = await openBrowser()
  await acceptLink(page, grace?.invitationUrl ?? '', 'Create account')
  await page.getByText('You are signed in as grace@example.com.').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
  await page.getByLabel('E-mail').fill('grace@example.com')
  await page.getByRole('button', { name: 'Go on' }).click()
  await passwordField(page).fill('not the password at all')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('That did not match').waitFor()
  await passwordField(page).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('You are signed in as grace@example.com.').waitFor()
  expect(refused.filter((text) => !text.includes('status of 401'))).toEqual([])
})
