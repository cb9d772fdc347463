import { expect, test } from 'vitest'
import { openPage } from './browser-page.ts'

test('while a Worker stretches the password, the page goes on; where the page does it itself, it stands still', async () => {
  const page = await openPage()
  await page.ask('stretchPassword', 'worker')
  const inWorker = await page.ask('stretchPassword', 'worker')
  // The relation is generous: others use the machine too. In the page itself no tick comes at all.
  expect(inWorker.ticks).toBeGreaterThanOrEqual(5)
  expect(inWorker.longestGap).toBeLessThan(inWorker.millis / 2)
  const inPage = await page.ask('stretchPassword', 'page')
  expect(inPage.ticks).toBe(0)
})

test('a Worker opens a vault of 10,000 records; how fast is printed beside its floor', async () => {
  const page = await openPage()
  const { firstTitles, allTitles, bare } = await page.ask('openVault', 10_000)
  expect(firstTitles).toBeLessThan(allTitles)
  const shown = (millis: number) => `${millis.toFixed(0)} ms`
  console.log(
    `Chromium, in a Worker: first 100 titles ${shown(firstTitles)}, all 10,000 ${shown(allTitles)}, 20,000 bare AES-GCM decryptions ${shown(bare)}, ratio ${(allTitles / bare).toFixed(1)}`,
  )
})
