import { expect, test } from 'vitest'
import { openPage } from './browser-page.ts'
import { pages } from './site.ts'

test('no text becomes code in the page, in neither policy', async () => {
  for (const path of [pages.strictest, pages.withWorker]) {
    const page = await openPage(path)
    expect(await page.ask('canEvaluate')).toBe(false)
    expect(page.console.join()).toMatch(/Content Security Policy|TrustedScript/)
  }
})

test('a Worker starts only where the policy names the one maker of its address', async () => {
  const strictest = await openPage(pages.strictest)
  await expect(strictest.ask('startRegistration', 'terrapin vukeluwa 47 obibu')).rejects.toThrow('Policy "claviger-worker" disallowed')
  const withWorker = await openPage(pages.withWorker)
  expect(await withWorker.ask('startRegistration', 'terrapin vukeluwa 47 obibu')).toMatch(/^[\w-]{32,}$/)
  expect(withWorker.console).toEqual([])
})
