import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** The widths that every page is for, in pixels. */
const widths = [360, 1440] as const

/** While colours go over from one scheme into the other, they are those of neither. Loaders go on for ever. */
const COLOURS_ON_THE_WAY = 'document.getAnimations().filter((animation) => animation instanceof CSSTransition).length'

const ALL = '{ resultTypes: ["violations"] }'
/** The one rule to which the scheme matters. */
const CONTRAST = '{ resultTypes: ["violations"], runOnly: ["color-contrast"] }'

/**
 * Holds a page to what every page must be: axe finds nothing in light, nor in dark where colours matter, and nothing is cut off or has to be
 * scrolled to sideways at 360 and at 1440 pixels. The page is left as it was found.
 */
export async function expectAccessible(page: Page): Promise<void> {
  const size = page.viewportSize()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
    await expect.poll(() => page.evaluate(COLOURS_ON_THE_WAY), { message: page.url(), timeout: 15_000 }).toBe(0)
    expect(await violations(page, colorScheme === 'light' ? ALL : CONTRAST), `axe, ${colorScheme}, ${page.url()}`).toEqual([])
  }
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    await expect
      .poll(() => page.evaluate('document.documentElement.scrollWidth'), { message: page.url(), timeout: 15_000 })
      .toBeLessThanOrEqual(width)
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null })
  if (size !== null) await page.setViewportSize(size)
}

/** What axe finds, each as its rule and where. It is brought in from outside, which the page's own policy has no part in. */
async function violations(page: Page, options: string): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source)
  const found = (await page.evaluate(`axe.run(${options})`)) as axe.AxeResults
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target.join(' ')} ${html.slice(0, 200)}`))
}
