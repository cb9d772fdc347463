import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runJson } from 'claviger/src/testing-command.ts'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { openBrowser, PASSWORD } from './person.ts'

/** Keys that somebody presses before they give up. */
const PATIENCE = 60

test('from the sign-in page to an approved team with the keyboard alone', async () => {
  const installation = await startInstallation()
  const profile = ['--profile', join(mkdtempSync(join(tmpdir(), 'claviger-spec-')), 'admin')]
  await runJson(['setup', '--url', installation.setupUrl, '--password-stdin', ...profile], { input: PASSWORD })
  const method = await installation.addMethod('Staff')
  await installation.connect(method).pushGroup({ name: 'Engineering', members: [] })
  const { page, refused } = await openBrowser()
  const { keyboard } = page
  await page.goto(`${installation.url}/sign-in?then=%2Fconsole`)
  await page.getByLabel('E-mail').waitFor()

  await tabTo(page, 'E-mail')
  await keyboard.type('admin@example.com')
  await keyboard.press('Enter')
  await page
    .getByLabel(/^Password/)
    .first()
    .waitFor()
  await tabTo(page, 'Password')
  await keyboard.type(PASSWORD)
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()

  await tabTo(page, 'Teams')
  await keyboard.press('Enter')
  await page.getByRole('table', { name: 'Teams' }).waitFor()
  await tabTo(page, 'Engineering')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Engineering' }).waitFor()
  await page.getByRole('button', { name: 'Approve', exact: true }).waitFor()
  await tabTo(page, 'Approve')
  await keyboard.press('Space')
  await page.getByText('Made the first key of 1 team. Engineering').waitFor()
  // What was done has the focus, and what can be done next is one step away.
  expect(await focusText(page)).toContain('Made the first key')
  await tabTo(page, 'Close the report')
  await keyboard.press('Enter')
  await page.getByText('Made the first key').waitFor({ state: 'detached' })
  await tabTo(page, 'Members')
  await keyboard.press('ArrowRight')
  await page.getByRole('list', { name: 'Timeline' }).waitFor()
  expect(await installation.teams(method)).toMatchObject([{ name: 'Engineering', status: 'active' }])
  expect(refused).toEqual([])
})

/** Presses Tab until what has this name has the focus, and sees to it that the focus can be seen. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed <= PATIENCE; pressed++) {
    if (await hasFocus(page, name)) {
      expect(await page.evaluate('document.activeElement.matches(":focus-visible")'), `the focus of ${name} shows`).toBe(true)
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${name}`)
}

async function hasFocus(page: Page, name: string): Promise<boolean> {
  const label = await page.evaluate(`(() => {
    const { activeElement: at } = document
    return at === document.body ? '' : (at.labels?.[0]?.textContent ?? at.getAttribute('aria-label') ?? at.textContent).trim()
  })()`)
  return String(label).replace(/\s*\*$/, '') === name
}

async function focusText(page: Page): Promise<string> {
  return String(await page.evaluate('document.activeElement.textContent'))
}
