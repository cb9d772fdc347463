import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import type { Installation } from '../installation.ts'
import { openChromium } from './chromium.ts'

export const PASSWORD = 'thirteen-violet-otters-juggle'

/** A browser of one person. `refused` holds what the content security policy did not let happen, and errors of the page. */
export interface PersonBrowser {
  readonly page: Page
  readonly refused: string[]
}

/** A browser with an empty profile, gone after the test. */
export async function openBrowser(): Promise<PersonBrowser> {
  const { context, close } = await openChromium()
  onTestFinished(close)
  const [page] = context.pages()
  if (page === undefined) throw new Error('Chromium opened no page')
  // A machine that does much else takes its time.
  page.setDefaultTimeout(45_000)
  const refused: string[] = []
  page.on('console', (message) => message.type() === 'error' && refused.push(message.text()))
  page.on('pageerror', (error) => refused.push(error.message))
  return { page, refused }
}

/** Makes the account that a link is for, in the browser, up to the page that comes after it. `link` null: it is open there. */
export async function acceptLink(page: Page, link: string | null, button: 'Set up' | 'Create account'): Promise<void> {
  if (link !== null) await page.goto(link)
  await passwordField(page).fill(PASSWORD)
  await page.getByText('Strong enough.').waitFor()
  await page.getByRole('button', { name: button }).click()
  await page.getByRole('heading', { name: 'Keep your recovery code' }).waitFor()
  expect(await page.getByTestId('recovery-code').textContent()).toMatch(/^(\w{4}-){7}\w{4}$/)
  expect(await page.getByRole('button', { name: 'Go on' }).isDisabled()).toBe(true)
  await page.getByLabel('I have put the code where only I can find it').check()
  await page.getByRole('button', { name: 'Go on' }).click()
}

/** The Admin Console of an installation, in the browser of the first administrator, who sets up there. */
export async function openConsole(installation: Installation): Promise<PersonBrowser> {
  const browser = await openBrowser()
  await acceptLink(browser.page, installation.setupUrl, 'Set up')
  await browser.page.waitForURL('**/console')
  await browser.page.getByRole('heading', { name: 'Overview' }).waitFor()
  return browser
}

/** Signs somebody in who has an account, in their browser; `then` is the page that they wanted. */
export async function signIn({ page }: PersonBrowser, installation: Installation, email: string, then = '/'): Promise<void> {
  await page.goto(`${installation.url}/sign-in?then=${encodeURIComponent(then)}`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Go on' }).click()
  await passwordField(page).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

/** Goes to one of the places of the Admin Console. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Admin Console' }).getByRole('link', { name: place }).click()
}

export function passwordField(page: Page) {
  return page.getByLabel(/^Password/).first()
}
