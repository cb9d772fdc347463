import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, runJson } from 'claviger/src/testing-command.ts'
import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { openBrowser, PASSWORD, signIn } from './person.ts'

const folder = mkdtempSync(join(tmpdir(), 'claviger-spec-'))
const profileOf = (name: string) => ['--profile', join(folder, name)]

test('story 13: who is removed loses the folders at once, the next key is made by hand; a deleted group is archived, restored, and purged', async () => {
  const installation = await startInstallation()
  await runJson(['setup', '--url', installation.setupUrl, '--password-stdin', ...profileOf('admin')], { input: PASSWORD })
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  const names = ['grace', 'joan']
  for (const name of names) await okta.assign({ userName: `${name}@example.com` })
  await okta.pushGroup({ name: 'Engineering', members: names.map((name) => `${name}@example.com`) })
  for (const { email, invitationUrl } of await installation.users(method)) {
    const [name = ''] = email.split('@')
    await runJson(['register', '--invitation', invitationUrl ?? '', '--password-stdin', ...profileOf(name)], { input: PASSWORD })
  }
  await runJson(['approve', '--all', ...profileOf('admin')])
  await runJson(['folder', 'add', 'Servers', ...profileOf('grace')])
  await runJson(['folder', 'share', 'Servers', '--team', 'Engineering', ...profileOf('grace')])
  const foldersOf = async (name: string) => runJson(['folder', 'list', ...profileOf(name)])
  expect(await foldersOf('joan')).toMatchObject([{ name: 'Servers' }])

  const browser = await openBrowser()
  const { page, refused } = browser
  await signIn(browser, installation, 'admin@example.com', '/console/teams')
  const row = (words: RegExp) => page.getByRole('table', { name: 'Teams' }).getByRole('row', { name: words })
  await row(/Engineering active 2/).waitFor()
  await okta.removeMembers('Engineering', ['joan@example.com'])
  expect(await foldersOf('joan')).toEqual([])
  await row(/Engineering active 1 1 Epoch 1, next due/).waitFor()

  await page.getByRole('link', { name: 'Engineering' }).click()
  await page.getByText('Somebody who holds the key of the team Engineering was removed').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Make the next key' }).click()
  await page.getByText('Made the next key of 1 team. Engineering').waitFor()
  await page.getByText('Epoch 2', { exact: true }).first().waitFor()

  const [team] = await installation.teams(method)
  await okta.unpushGroup('Engineering')
  await page.getByText('The directory deleted this group').waitFor()
  expect(await foldersOf('grace')).toMatchObject([{ name: 'Servers' }])
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Restore' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await page.getByText('Epoch 2, next due').waitFor()
  expect(await installation.teams(method)).toMatchObject([{ status: 'active', members: [{ email: 'grace@example.com' }] }])
  await page.getByRole('button', { name: 'Make the next key' }).click()
  await page.getByText('Epoch 3', { exact: true }).first().waitFor()
  await page.getByRole('tab', { name: 'Timeline' }).click()
  await page
    .getByRole('list', { name: 'Timeline' })
    .getByText(/Brought .* back with its members/)
    .first()
    .waitFor()

  // The simulated directory has forgotten the group, so this is the request that it would send.
  const headers = { authorization: `Bearer ${method.token}` }
  expect((await fetch(`${method.baseUrl}/Groups/${team?.id}`, { method: 'DELETE', headers })).status).toBe(204)
  await page.getByRole('button', { name: 'Purge' }).click()
  const purge = page.getByRole('dialog', { name: 'Purge Engineering' })
  expect(await purge.getByRole('button', { name: 'Purge for good' }).isDisabled()).toBe(true)
  await expectAccessible(page)
  await purge.getByLabel('Type Engineering to go on').fill('Engineering')
  await purge.getByRole('button', { name: 'Purge for good' }).click()
  await page.getByRole('heading', { name: 'No team is here yet' }).waitFor()
  expect(await foldersOf('grace')).toMatchObject([{ name: 'Servers' }])
  expect((await run(['teams', 'list', '--node', method.nodeId, '--json'], { env: installation.env })).out.trim()).toBe('[]')
  expect(refused).toEqual([])
}, 120_000)
