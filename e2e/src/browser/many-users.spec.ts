import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { addManyUsers } from '../many-users.ts'
import { expectAccessible } from './accessible.ts'
import { openConsole } from './person.ts'

/** Rows that may be in the page, however long the list is. */
const MOST_ROWS = 100

/** On a machine that does much else. */
const SOON = { timeout: 15_000 }

const usersOf = (page: Page) => page.getByRole('table', { name: 'Users' })
const rowsIn = (page: Page) => usersOf(page).locator('tr').count()

test('100,000 users are shown, searched, scrolled through and filtered, with a page that stays small', { timeout: 180_000 }, async () => {
  const installation = await startInstallation()
  const { page, refused } = await openConsole(installation)
  const method = await installation.addMethod('Staff')
  await installation.connect(method).assign({ userName: 'first@example.com' })
  await addManyUsers(installation.location, 'first@example.com', 100_000, 'person')
  await page.goto(`${installation.url}/console/users`)
  await page.getByText('Showing 200 of 100,002').waitFor()
  expect(await usersOf(page).getAttribute('aria-rowcount')).toBe('100003')
  expect(await rowsIn(page)).toBeLessThan(MOST_ROWS)

  // The next rows are read before one gets to the end of those that are there.
  for (const shown of ['400', '600', '800']) {
    await page.mouse.move(700, 400)
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 4_000)
        return page.getByText('of 100,002').textContent()
      }, SOON)
      .toContain(`Showing ${shown} `)
    expect(await rowsIn(page)).toBeLessThan(MOST_ROWS)
  }
  await expectAccessible(page)

  await page.getByRole('searchbox', { name: 'Search e-mail addresses' }).fill('person77777@')
  await page.getByText('Showing 1 of 1').waitFor()
  await usersOf(page).getByRole('link', { name: 'person77777@example.com' }).waitFor()
  await page.getByRole('searchbox').fill('nobody at all')
  await page.getByRole('heading', { name: 'Nobody fits' }).waitFor()
  await page.getByRole('button', { name: 'Show all users' }).click()
  await page.getByText(/^Showing \d+ of 100,002$/).waitFor()
  expect(await page.getByRole('searchbox').inputValue()).toBe('')
  await page.getByRole('combobox', { name: 'State' }).selectOption('invited')
  await page.getByText('Showing 1 of 1').waitFor()
  await page.getByRole('combobox', { name: 'State' }).selectOption('')
  await page.getByRole('combobox', { name: 'Order' }).selectOption('created desc')
  await usersOf(page).getByRole('link', { name: 'person99999@example.com' }).waitFor()
  expect(refused).toEqual([])
})

test('many users are locked at once with progress, what was refused is told, and exactly those are unlocked again', {
  timeout: 180_000,
}, async () => {
  const installation = await startInstallation()
  const { page } = await openConsole(installation)
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  await okta.assign({ userName: 'first@example.com' })
  await okta.assign({ userName: 'zoe@example.com' })
  await okta.deactivate('zoe@example.com')
  await addManyUsers(installation.location, 'first@example.com', 1_200, 'person')
  await page.goto(`${installation.url}/console/users`)
  await page.getByText('Showing 200 of 1,203').waitFor()

  // With the keyboard alone.
  await usersOf(page).getByRole('checkbox', { name: 'Choose admin@example.com' }).focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Tab')
  await expect.poll(() => page.evaluate('document.activeElement.textContent'), SOON).toBe('admin@example.com')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.getByText('2 users chosen').waitFor()
  await page.getByRole('button', { name: 'Choose all 1,203 that match' }).press('Enter')
  await page.getByText('All 1,203 users that match are chosen').waitFor()
  await page.getByRole('button', { name: 'Lock', exact: true }).press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('They are signed out everywhere at once.').waitFor()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Lock 1,203 users' }).press('Enter')
  await dialog.getByRole('progressbar').waitFor()
  await dialog.getByText('Locked: 1,201 users.').waitFor()
  await dialog.getByText('Locked before, and left as they were: 1 user.').waitFor()
  await dialog.getByText('Refused: 1 user').waitFor()
  await dialog.getByText('last administrator').waitFor()
  await expectAccessible(page)
  expect(await states(installation.users(method))).toEqual({ locked: 1_202 })

  await dialog.getByRole('button', { name: 'Undo' }).press('Enter')
  await dialog.getByText('Undone. Unlocked: 1,201 users.').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).last().press('Enter')
  await page.getByText('users that match are chosen').waitFor({ state: 'detached' })
  expect(await states(installation.users(method)), 'who was locked before stays locked').toEqual({ active: 1_200, invited: 1, locked: 1 })

  // What is done is kept when it is stopped on the way.
  await usersOf(page).getByRole('checkbox', { name: 'Choose all that are shown' }).check()
  await page.getByRole('button', { name: 'Choose all 1,203 that match' }).click()
  await page.getByRole('button', { name: 'Lock', exact: true }).click()
  await dialog.getByRole('button', { name: 'Lock 1,203 users' }).click()
  await dialog
    .getByRole('status')
    .getByText(/^Lock: /)
    .waitFor()
  await dialog.getByRole('button', { name: 'Stop' }).click()
  await dialog.getByText(/Not reached, and as they were: [\d,]+ users/).waitFor()
})

async function states(users: Promise<{ status: string }[]>): Promise<Record<string, number>> {
  const groups = Map.groupBy(await users, ({ status }) => status)
  return Object.fromEntries([...groups].map(([status, all]) => [status, all.length]))
}
