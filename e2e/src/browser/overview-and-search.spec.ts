import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { openConsole } from './person.ts'

test('a new enterprise is shown the way to its first team, which ticks itself off, and then how it is', async () => {
  const installation = await startInstallation()
  const { page, refused } = await openConsole(installation)
  const steps = page.getByRole('region', { name: 'From here to your first team' })
  await steps.getByText('0 of 5 steps are done.').waitFor()
  expect(await page.getByText('From assignment to access').count()).toBe(0)
  expect(await steps.getByRole('listitem').filter({ hasText: 'Add a node' }).getAttribute('aria-current')).toBe('step')
  await expectAccessible(page)
  await steps.getByRole('link', { name: 'Add a node' }).click()
  await page.waitForURL('**/console/nodes?add=node')
  await page.goto(`${installation.url}/console`)

  const okta = installation.connect(await installation.addMethod('Staff'))
  await steps.getByText('2 of 5 steps are done.').waitFor()
  await okta.test()
  await okta.assign({ userName: 'grace@example.com' })
  await okta.assign({ userName: 'no address' })
  await okta.pushGroup({ name: 'Engineering', members: ['grace@example.com'] })

  // All of it arrives by itself.
  await steps.getByText('4 of 5 steps are done.').waitFor()
  await page.getByRole('link', { name: '1 invited' }).waitFor()
  await page.getByRole('link', { name: '1 pending' }).waitFor()
  await page.getByRole('region', { name: 'What waits' }).getByRole('link', { name: '1 first team key to make' }).waitFor()
  await page.getByRole('region', { name: 'Directories' }).getByRole('link', { name: 'Staff' }).waitFor()
  await page.getByText('As a table').click()
  const today = page.getByRole('table', { name: 'Provisioning operations a day' }).getByRole('row').nth(1)
  const { ok, failed } = await operations(installation)
  await expect.poll(() => today.getByRole('cell').allTextContents()).toEqual([String(ok), String(failed)])
  expect(failed).toBeGreaterThan(0)
  await expectAccessible(page)

  await steps.getByRole('button', { name: 'Hide' }).click()
  await page.reload()
  await page.getByText('From assignment to access').waitFor()
  expect(await steps.count()).toBe(0)
  expect(refused).toEqual([])

  async function operations({ log }: typeof installation) {
    const [method] = await installation.claviger<{ nodeId: string }[]>('method', 'list')
    const lines = await log({ methodId: '', baseUrl: '', token: '', nodeId: method?.nodeId ?? '' })
    return { ok: lines.filter(({ status }) => status < 400).length, failed: lines.filter(({ status }) => status >= 400).length }
  }
})

test('Ctrl-K finds users, teams, nodes and pages, and goes there by keyboard alone', async () => {
  const installation = await startInstallation()
  const { page, refused } = await openConsole(installation)
  const method = await installation.addMethod('Engineering department')
  const okta = installation.connect(method)
  await okta.assign({ userName: 'engelbert@example.com', givenName: 'Wilhelmina', familyName: 'Featherstone' })
  await okta.pushGroup({ name: 'Engineers', members: ['engelbert@example.com'] })
  const [user] = await installation.users(method)
  const [team] = await installation.teams(method)

  const typed = async (text: string) => {
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search users, teams, nodes and pages' }).fill(text)
  }
  await typed('ENGEL')
  await page
    .getByRole('group', { name: 'Users' })
    .getByRole('option', { name: /engelbert@example.com/ })
    .waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/console/users/${user?.id}`)

  await typed('eng')
  await expect.poll(() => page.getByRole('option').count()).toBe(3)
  expect(await chosen(page)).toContain('engelbert@example.com')
  await page.keyboard.press('ArrowDown')
  expect(await chosen(page)).toContain('Engineers')
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/console/teams/${team?.id}`)

  await typed('eng')
  await expect.poll(() => page.getByRole('option').count()).toBe(3)
  await page.keyboard.press('ArrowUp')
  expect(await chosen(page)).toBe('Engineering department')
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/console/nodes/${method.nodeId}`)

  await typed('sett')
  await page.getByRole('option', { name: 'Settings' }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Settings' }).waitFor()

  // Names of people are not searched, so that they cannot be probed.
  await typed('Featherstone')
  await page.getByText('Nothing is called “Featherstone”.').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  expect(refused).toEqual([])
})

/** The option that Enter would take: the one that the field names to screen readers. */
async function chosen(page: Page): Promise<string | null> {
  const id = await page.getByRole('combobox').getAttribute('aria-activedescendant')
  const option = page.locator(`[id="${id}"]`)
  expect(await option.getAttribute('aria-selected')).toBe('true')
  return option.textContent()
}
