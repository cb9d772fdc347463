import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeDatabase, openDatabase } from '@claviger/server/storage/open.ts'
import { write } from '@claviger/server/storage/write.ts'
import { runJson } from 'claviger/src/testing-command.ts'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { type Installation, startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { acceptLink, openBrowser, openConsole, PASSWORD, passwordField, signIn } from './person.ts'

/** On a machine that does much else. */
const SOON = { timeout: 15_000 }

const usersOf = (page: Page) => page.getByRole('table', { name: 'Users' })

async function goToUsers(page: Page) {
  await page.getByRole('navigation', { name: 'Admin Console' }).getByRole('link', { name: 'Users' }).click()
  await page.getByRole('heading', { name: 'Users', level: 1 }).waitFor()
}

async function openUser(page: Page, email: string) {
  await goToUsers(page)
  await usersOf(page).getByRole('link', { name: email }).click()
  await page.getByRole('heading', { name: email, level: 1 }).waitFor()
}

/** The links of the invitations that were mailed to an address, oldest first. */
function linksTo({ mail }: Installation, email: string): string[] {
  const mails = mail?.arrived.filter(({ to }) => to.includes(email)) ?? []
  return mails.map(({ text }) => /https?:\S+\/invite\S+/.exec(text)?.[0] ?? '')
}

async function expireInvitations({ location }: Installation) {
  const db = await openDatabase(location)
  await write(db, (trx) =>
    trx
      .updateTable('invitations')
      .set({ expires_at: Date.now() - 1 })
      .where('purpose', '=', 'join')
      .execute(),
  )
  await closeDatabase(db)
}

test('stories 3, 5, 7, 8: people arrive from the directory with their mail, are renamed and flagged, and their names stay out of sight', {
  timeout: 180_000,
}, async () => {
  const refused = new Set(['lost@example.com'])
  const recipient = (address: string) => (refused.has(address) ? { code: 550, text: 'no such mailbox' } : undefined)
  const installation = await startInstallation({ mail: { recipient } })
  const browser = await openConsole(installation)
  const { page } = browser
  await goToUsers(page)
  const users = usersOf(page)
  await users.getByRole('link', { name: 'admin@example.com' }).waitFor()
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)

  // Nothing is reloaded: they appear by themselves.
  await okta.assign({ userName: 'grace@example.com', givenName: 'Gracinda', familyName: 'Hopperworth' })
  await users.getByRole('row', { name: 'grace@example.com' }).getByText('invited').waitFor()
  await expect.poll(() => linksTo(installation, 'grace@example.com'), SOON).toHaveLength(1)
  expect(installation.mail?.arrived[0]?.text).toContain('Gracinda')

  await okta.assign({ userName: 'lost@example.com', givenName: 'Lostinda', familyName: 'Awayworth' })
  await users.getByRole('row', { name: 'lost@example.com' }).getByText('Mail failed').waitFor()
  await okta.assign({ userName: 'joan@example.com', email: 'joan.clarke@example.com', givenName: 'Joanetta', familyName: 'Clarkeworth' })
  await users.getByRole('row', { name: 'joan@example.com' }).getByText('E-mail differs').waitFor()
  await expectAccessible(page)

  await openUser(page, 'lost@example.com')
  await page.getByText('no such mailbox').first().waitFor()
  await page.getByText('Check the address in the directory').waitFor()
  refused.clear()
  await page.getByRole('button', { name: 'Resend invitation' }).click()
  await page.getByText('A new invitation goes to lost@example.com.').waitFor()
  await expect.poll(() => linksTo(installation, 'lost@example.com'), SOON).toHaveLength(1)
  await page.getByRole('alert').filter({ hasText: 'Mail failed' }).waitFor({ state: 'detached' })

  await openUser(page, 'grace@example.com')
  await expireInvitations(installation)
  await page.reload()
  await page.getByText('Resend the invitation: the new link is good for the full term.').waitFor()
  await page.getByRole('button', { name: 'Resend invitation' }).click()
  await expect.poll(() => linksTo(installation, 'grace@example.com'), SOON).toHaveLength(2)

  await okta.update('grace@example.com', { userName: 'amazing.grace@example.com' })
  await page.getByRole('heading', { name: 'amazing.grace@example.com', level: 1 }).waitFor()
  await page.getByRole('tab', { name: 'Timeline' }).click()
  const timeline = page.getByRole('list', { name: 'Timeline' })
  await timeline.getByText('Changed the e-mail address from grace@example.com to amazing.grace@example.com').waitFor()
  await timeline.getByText('By the directory of Staff').first().waitFor()
  await expectAccessible(page)
  for (const tab of ['Details', 'Teams']) {
    await page.getByRole('tab', { name: tab }).click()
    await expectAccessible(page)
  }

  await okta.send('POST', '/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'no-address' })
  await expectNoNames(page)
  expect(browser.refused).toEqual([])
})

/** Walks every page of the console. */
async function expectNoNames(page: Page) {
  const links = page.getByRole('navigation', { name: 'Admin Console' }).getByRole('link')
  const places = await Promise.all((await links.all()).map(async (link) => (await link.getAttribute('href')) ?? ''))
  expect(places.length).toBeGreaterThan(8)
  for (const place of places) {
    await page.goto(new URL(place, page.url()).href)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expect.poll(() => page.getByLabel('Loading').count(), SOON).toBe(0)
    expect(await page.content(), place).not.toMatch(/inda|worth|etta/)
  }
}

test('story 6: the directory locks somebody, whose open console ends at once, and unlocks them again', { timeout: 180_000 }, async () => {
  const installation = await startInstallation({ mail: true })
  const ada = await openConsole(installation)
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  await okta.assign({ userName: 'grace@example.com' })
  await expect.poll(() => linksTo(installation, 'grace@example.com'), SOON).toHaveLength(1)
  const grace = await openBrowser()
  await acceptLink(grace.page, linksTo(installation, 'grace@example.com')[0] ?? '', 'Create account')
  await grace.page.getByText('You are signed in as').waitFor()
  await mayLook(installation, method.nodeId, 'grace@example.com')
  await grace.page.goto(`${installation.url}/console/users`)
  await usersOf(grace.page).getByRole('link', { name: 'grace@example.com' }).click()
  await grace.page.getByText('Your role lets you look here').waitFor()

  await openUser(ada.page, 'grace@example.com')
  await okta.deactivate('grace@example.com')
  await ada.page.getByRole('heading').getByText('grace@example.com').waitFor()
  await ada.page.getByText('locked', { exact: true }).waitFor()
  await grace.page.getByRole('alert').getByText('Your session has ended').waitFor()
  await expectAccessible(grace.page)
  await grace.page.getByRole('button', { name: 'Sign in again' }).first().click()
  await grace.page.getByLabel('E-mail').fill('grace@example.com')
  await grace.page.getByRole('button', { name: 'Go on' }).click()
  await passwordField(grace.page).fill(PASSWORD)
  await grace.page.getByRole('button', { name: 'Sign in' }).click()
  await grace.page
    .getByRole('alert')
    .getByText(/locked/)
    .waitFor()

  await ada.page.getByRole('button', { name: 'Unlock' }).click()
  await ada.page.getByText('everything is as it was before').waitFor()
  await signIn(grace, installation, 'grace@example.com', '/console/users')
  await usersOf(grace.page).getByRole('link', { name: 'grace@example.com' }).waitFor()

  // Nobody shuts themselves out.
  await openUser(ada.page, 'admin@example.com')
  await ada.page.getByRole('button', { name: 'Lock' }).click()
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Lock' }).click()
  await ada.page.getByRole('dialog').getByRole('alert').getByText('last administrator').waitFor()
  expect(ada.refused.filter((text) => !text.includes('status of 403'))).toEqual([])
})

/** Makes somebody an administrator who may only read. */
async function mayLook({ location }: Installation, nodeId: string, email: string) {
  const db = await openDatabase(location)
  const { id } = await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirstOrThrow()
  const role = { user_id: id, node_id: nodeId, role: 'read-only' as const, created_at: Date.now() }
  await write(db, (trx) => trx.insertInto('administrators').values(role).execute())
  await closeDatabase(db)
}

test('story 14: who is deleted is kept, the vault goes to somebody else, and they come back', { timeout: 180_000 }, async () => {
  const installation = await startInstallation()
  const ada = await openConsole(installation)
  const { page } = ada
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  await okta.assign({ userName: 'grace@example.com' })
  const [invited] = await installation.users(method)
  const profile = ['--profile', join(mkdtempSync(join(tmpdir(), 'claviger-users-')), 'grace')]
  const link = ['--invitation', invited?.invitationUrl ?? '', '--password-stdin']
  await runJson(['register', ...link, ...profile], { input: PASSWORD })
  await runJson(['folder', 'add', 'Budget', ...profile])
  await page
    .getByRole('navigation', { name: 'Admin Console' })
    .getByRole('link', { name: /Approvals/ })
    .click()
  await page.getByRole('button', { name: 'Approve all' }).click()
  await page.getByRole('button', { name: 'Approve all now' }).click()
  await page.getByRole('dialog').getByText('Verified 1 person.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('heading', { name: 'Nothing waits' }).waitFor()

  await openUser(page, 'grace@example.com')
  await page.getByText('Verified in the signed log').waitFor()
  await page.getByRole('button', { name: 'More acts' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/It is kept for \d+ days/).waitFor()
  await expectAccessible(page)
  expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true)
  await dialog.getByLabel('Type grace@example.com to go on').fill('grace@example.com')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByText('grace@example.com is deleted.').waitFor()
  await page.getByText('Kept until').waitFor()
  await goToUsers(page)
  await page.getByRole('combobox', { name: 'State' }).selectOption('deleted')
  await usersOf(page).getByRole('link', { name: 'grace@example.com' }).click()

  await page.getByRole('button', { name: 'Transfer vault' }).click()
  await dialog.getByRole('radio', { name: 'admin@example.com' }).check()
  await dialog
    .getByLabel(/^Your password/)
    .first()
    .fill('not the password at all')
  await dialog.getByRole('button', { name: 'Transfer' }).click()
  await dialog.getByRole('alert').getByText('That did not match').waitFor()
  await expectAccessible(page)
  await dialog
    .getByLabel(/^Your password/)
    .first()
    .fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Transfer' }).click()
  await dialog.getByText('admin@example.com has the folder. Both people are told.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await page.getByText('nothing is left to transfer').waitFor()

  await page.getByRole('button', { name: 'Restore' }).click()
  await page.getByText('grace@example.com is back, with keys, devices and own folders.').waitFor()
  await page.getByRole('tab', { name: 'Timeline' }).click()
  const timeline = page.getByRole('list', { name: 'Timeline' })
  for (const told of ['Gave the user the account back.', 'Transferred 1 folder of the user.', 'Deleted the user: locked']) {
    await timeline.getByText(told).waitFor()
  }
  expect(await installation.users(method)).toMatchObject([{ email: 'grace@example.com', status: 'active' }])
  // The console went on hearing of changes, with the session that took the place of the first.
  await okta.assign({ userName: 'joan@example.com' })
  await goToUsers(page)
  await usersOf(page).getByRole('link', { name: 'joan@example.com' }).waitFor()
  expect(await page.getByText('Your session has ended').count()).toBe(0)

  await openUser(page, 'joan@example.com')
  await page.getByRole('button', { name: 'More acts' }).click()
  await page.getByRole('menuitem', { name: 'Move to another node' }).click()
  await dialog.getByLabel('To the node').selectOption({ label: 'Example Ltd' })
  await dialog.getByRole('button', { name: 'Move' }).click()
  await dialog.getByText('A directory provisions the old node').waitFor()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Move all the same' }).click()
  await page.getByText('joan@example.com was moved.').waitFor()
  await page.getByText('in Example Ltd').waitFor()
})
