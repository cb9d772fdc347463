import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openScene } from './scene.ts'

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'screens')

interface Screen {
  readonly name: string
  readonly path: string
  readonly prepare?: (page: Page) => Promise<void>
  /** Also in the dark, and as on a phone. */
  readonly everywhere?: boolean
}

const screens: readonly Screen[] = [
  { name: 'overview', path: '/', everywhere: true },
  { name: 'search', path: '/', prepare: search },
  { name: 'users', path: '/users', everywhere: true },
  { name: 'teams', path: '/teams' },
  { name: 'approvals', path: '/approvals', everywhere: true },
  { name: 'nodes', path: '/nodes' },
  { name: 'add-method', path: '/nodes', prepare: addMethod },
  { name: 'node-provisioning', path: '/nodes', prepare: nodeProvisioning },
  { name: 'provisioning', path: '/provisioning' },
  { name: 'provisioning-log', path: '/provisioning?tab=log' },
  { name: 'provisioning-log-line', path: '/provisioning?tab=log&result=failed', prepare: openLine },
  { name: 'activity', path: '/activity' },
  { name: 'sign-on', path: '/sign-on' },
  { name: 'settings', path: '/settings' },
]

const ways = [
  ['', 1440, 'light'],
  ['-dark', 1440, 'dark'],
  ['-360', 360, 'light'],
] as const

test('takes a picture of every page', async () => {
  const { page, installation } = await openScene()
  for (const screen of screens) await take(page, installation.url, screen)
})

async function take(page: Page, url: string, { name, path, prepare, everywhere = false }: Screen): Promise<void> {
  for (const [suffix, width, colorScheme] of everywhere ? ways : ways.slice(0, 1)) {
    await page.setViewportSize({ width, height: width === 360 ? 760 : 800 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto(`${url}/console${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expect.poll(() => page.getByLabel('Loading').count(), { timeout: 20_000 }).toBe(0)
    await prepare?.(page)
    await page.screenshot({ path: join(folder, `${name}${suffix}.png`) })
  }
}

async function search(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('er')
  await page.getByRole('option', { name: /Engineering/ }).waitFor()
}

async function addMethod(page: Page): Promise<void> {
  await page.getByRole('treeitem').first().click()
  await page.getByRole('tab', { name: 'Provisioning' }).click()
  await page.getByRole('button', { name: 'Add Method' }).click()
  await page.getByRole('radio', { name: 'SCIM' }).check()
}

async function nodeProvisioning(page: Page): Promise<void> {
  await page.getByRole('treeitem', { name: 'Staff' }).click()
  await page.getByRole('tab', { name: 'Provisioning' }).click()
  await page.getByRole('region', { name: 'Tokens' }).waitFor()
}

async function openLine(page: Page): Promise<void> {
  await page.getByRole('table', { name: 'Provisioning log' }).getByRole('button').first().click()
  await page.getByRole('dialog').waitFor()
}
