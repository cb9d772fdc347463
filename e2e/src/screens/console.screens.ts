import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { test } from 'vitest'
import { openScene } from './scene.ts'

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'screens')

interface Screen {
  readonly name: string
  readonly path: string
  readonly prepare?: (page: Page) => Promise<void>
}

const screens: readonly Screen[] = [
  { name: 'overview', path: '/' },
  { name: 'search', path: '/', prepare: search },
  { name: 'activity', path: '/activity' },
  { name: 'sign-on', path: '/sign-on' },
  { name: 'settings', path: '/settings' },
]

test('takes a picture of every page', async () => {
  const { page, installation } = await openScene()
  for (const screen of screens) await take(page, installation.url, screen)
})

async function take(page: Page, url: string, { name, path, prepare }: Screen): Promise<void> {
  for (const [suffix, width, colorScheme] of [
    ['', 1440, 'light'],
    ['-dark', 1440, 'dark'],
    ['-360', 360, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height: width === 360 ? 760 : 900 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto(`${url}/console${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByLabel('Loading').waitFor({ state: 'detached' })
    await prepare?.(page)
    await page.screenshot({ path: join(folder, `${name}${suffix}.png`) })
  }
}

async function search(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('er')
  await page.getByRole('option', { name: /Engineering/ }).waitFor()
}
