import type { Page } from 'playwright-core'
import { inject, onTestFinished } from 'vitest'
import { openChromium } from './chromium.ts'
import type { PageApi } from './page-api.ts'
import { pages } from './site.ts'

type Asked<Name extends keyof PageApi> = { name: Name; given: Parameters<PageApi[Name]> }

/** A page of the site in a Chromium of its own, both gone after the test. */
export interface BrowserPage {
  /** Has the page do something. What it refuses is thrown, with the code in its words. */
  ask<Name extends keyof PageApi>(name: Name, ...given: Parameters<PageApi[Name]>): Promise<Awaited<ReturnType<PageApi[Name]>>>
  reload(): Promise<void>
  /** What the page said on its console, refusals of the content security policy among it. */
  readonly console: readonly string[]
}

export async function openPage(path: (typeof pages)[keyof typeof pages] = pages.withWorker): Promise<BrowserPage> {
  const { context, close } = await openChromium()
  onTestFinished(close)
  const [page] = context.pages()
  if (page === undefined) throw new Error('Chromium opened no page')
  const console: string[] = []
  page.on('console', (message) => console.push(message.text()))
  page.on('pageerror', (error) => console.push(String(error)))
  const loaded = () => page.waitForFunction(() => 'claviger' in globalThis)
  await page.goto(`${inject('origin')}${path}`)
  await loaded()
  return {
    ask: (name, ...given) => ask(page, { name, given }),
    reload: async () => {
      await page.reload()
      await loaded()
    },
    console,
  }
}

async function ask<Name extends keyof PageApi>(page: Page, asked: Asked<Name>): Promise<Awaited<ReturnType<PageApi[Name]>>> {
  const result: unknown = await page.evaluate(askedInPage, asked)
  return result as Awaited<ReturnType<PageApi[Name]>>
}

/** Runs in the page: its text is sent there, so it uses nothing from outside itself. */
async function askedInPage({ name, given }: { name: string; given: unknown[] }): Promise<unknown> {
  // While it is called from outside, the page may do what its policy forbids; not any more after a timer.
  await new Promise((resolve) => setTimeout(resolve))
  try {
    return await Reflect.get(Reflect.get(globalThis, 'claviger'), name)(...given)
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'bug'
    throw new Error(`${code}: ${thrown instanceof Error ? thrown.stack : thrown}`)
  }
}
