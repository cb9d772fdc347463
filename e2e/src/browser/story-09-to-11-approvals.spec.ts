import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAccount } from '@claviger/client/account/open.ts'
import { setRole } from '@claviger/client/administration/roles.ts'
import { NodeId, UserId } from '@claviger/contract/ids.ts'
import { fileProfileStore } from 'claviger/src/profile.ts'
import { runJson } from 'claviger/src/testing-command.ts'
import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { holds } from '../recording-proxy.ts'
import { expectAccessible } from './accessible.ts'
import { goTo, openBrowser, openConsole, PASSWORD, signIn } from './person.ts'

const folder = mkdtempSync(join(tmpdir(), 'claviger-spec-'))
const profileOf = (name: string) => ['--profile', join(folder, name)]

/** Makes the account of somebody who was invited, with the command line. */
async function register(name: string, invitationUrl: string | undefined): Promise<void> {
  await runJson(['register', '--invitation', invitationUrl ?? '', '--password-stdin', ...profileOf(name)], { input: PASSWORD })
}

test('stories 9, 10, 11: a pushed group is a pending team, approved in the browser; its members follow when they register and are verified', async () => {
  const installation = await startInstallation()
  const { page, refused } = await openConsole(installation)
  const sent: Buffer[] = []
  page.on('request', (request) => sent.push(Buffer.from(`${request.url()}\n${request.postData() ?? ''}\n`)))
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  await okta.assign({ userName: 'grace@example.com' })
  await okta.assign({ userName: 'joan@example.com' })
  await goTo(page, 'Teams')
  // Story 9: assigning brings people and no team.
  await page.getByRole('heading', { name: 'No team is here yet' }).waitFor()
  await okta.pushGroup({ name: 'Engineering', members: ['grace@example.com', 'joan@example.com'] })
  const users = await installation.users(method)
  const linkOf = (email: string) => users.find((user) => user.email === email)?.invitationUrl
  const teams = page.getByRole('table', { name: 'Teams' })
  await teams.getByRole('row', { name: /Engineering pending 0, 2 pending/ }).waitFor()
  await expectAccessible(page)

  // Story 10.
  await teams.getByRole('link', { name: 'Engineering' }).click()
  await page.getByRole('heading', { name: 'Engineering' }).waitFor()
  const why = page.getByRole('region', { name: 'Why it waits' })
  await why.getByText('The team Engineering has no key yet').first().waitFor()
  expect(await why.textContent()).toContain('you')
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await page.getByText('Made the first key of 1 team. Engineering').waitFor()
  await expect.poll(async () => (await installation.teams(method))[0]?.status).toBe('active')

  // Story 11: nobody is a member before they registered, and the page says whom it waits for.
  await why.getByText('grace@example.com has not created the account yet').waitFor()
  await register('grace', linkOf('grace@example.com'))
  await why.getByText('grace@example.com has registered, and nobody has verified their keys yet').waitFor()
  await goTo(page, 'Approvals')
  const people = page.getByRole('region', { name: 'People' })
  await people.getByText('grace@example.com has registered').waitFor()
  await expectAccessible(page)
  await people.getByRole('button', { name: 'Verify: grace@example.com' }).click()
  const dialog = page.getByRole('dialog', { name: 'Verify grace@example.com' })
  const listed = dialog.getByRole('list', { name: 'Safety words with grace@example.com' }).getByRole('listitem')
  await expect.poll(() => listed.count()).toBe(6)
  const words = await listed.allTextContents()
  expect(await runJson(['words', ...profileOf('grace')])).toEqual([{ administrator: 'admin@example.com', words: words.join(' ') }])
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'The words are the same: verify' }).click()
  await dialog.getByText('Admitted 1 member. grace@example.com on Engineering').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).last().click()

  // All that is left waits for Joan; when she registers, the page shows it by itself, and "Approve all" does the rest.
  await register('joan', linkOf('joan@example.com'))
  await people.getByText('joan@example.com has registered').waitFor()
  await page.getByRole('button', { name: 'Approve all' }).click()
  const all = page.getByRole('dialog', { name: 'Approve all' })
  await all.getByText('Verify people whom nobody has verified, too (1)').waitFor()
  await expectAccessible(page)
  await all.getByRole('button', { name: 'Approve all now' }).click()
  await all.getByText('Verified 1 person. joan@example.com').waitFor()
  await all.getByText('Admitted 1 member. joan@example.com on Engineering').waitFor()
  await all.getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('heading', { name: 'Nothing waits' }).waitFor()
  const [team] = await installation.teams(method)
  expect(team?.members.map(({ email, status }) => `${email} ${status}`).toSorted()).toEqual([
    'grace@example.com active',
    'joan@example.com active',
  ])
  await goTo(page, 'Teams')
  await teams.getByRole('link', { name: 'Engineering' }).click()
  await page
    .getByRole('table', { name: 'Members' })
    .getByRole('row', { name: /grace@example.com active/ })
    .waitFor()
  expect(await page.getByRole('table', { name: 'Members' }).textContent()).toContain('by admin@example.com')

  // Nothing of the password, and no key: what the browser sent is sealed, signed or public.
  const allSent = Buffer.concat(sent)
  expect(holds(allSent, 'grace@example.com')).toBe(true)
  expect(holds(allSent, PASSWORD)).toBe(false)
  expect(refused).toEqual([])
}, 120_000)

test('two administrators approve at once: one makes the key, and the other is told that nothing was left', async () => {
  const installation = await startInstallation()
  await runJson(['setup', '--url', installation.setupUrl, '--password-stdin', ...profileOf('first')], { input: PASSWORD })
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  await okta.assign({ userName: 'second@example.com' })
  const [second] = await installation.users(method)
  await register('second', second?.invitationUrl)
  await runJson(['approve', '--user', 'second@example.com', ...profileOf('first')])
  const first = await openAccount(fileProfileStore(join(folder, 'first')))
  const nodeId = NodeId.parse(installation.rootNodeId)
  await setRole(first, { userId: UserId.parse(second?.id), nodeId, atRoot: true, role: 'full' })
  await okta.pushGroup({ name: 'Engineering', members: [] })
  const pages = await Promise.all(
    ['admin@example.com', 'second@example.com'].map(async (email) => {
      const browser = await openBrowser()
      await signIn(browser, installation, email, '/console/approvals')
      await browser.page.getByRole('region', { name: 'Teams' }).getByText('The team Engineering has no key yet').waitFor()
      await browser.page.getByRole('button', { name: 'Approve all' }).click()
      await browser.page.getByRole('button', { name: 'Approve all now' }).waitFor()
      return browser.page
    }),
  )
  await Promise.all(pages.map((page) => page.getByRole('button', { name: 'Approve all now' }).click()))
  const reports = await Promise.all(pages.map((page) => page.locator('.approval-report').textContent()))
  expect(reports.toSorted()).toEqual([
    'DoneMade the first key of 1 team. Engineering',
    'Nothing was left to doNothing of this waits for you any more: another approver was first, or the directory took it back.',
  ])
  for (const page of pages) await page.getByRole('heading', { name: 'Nothing waits' }).waitFor()
  expect(await installation.teams(method)).toMatchObject([{ name: 'Engineering', status: 'active' }])
})
