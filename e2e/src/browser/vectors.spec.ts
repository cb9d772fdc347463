import { expectAll, readVectors, vectorNames } from '@claviger/client/keys/testing-read-vectors.ts'
import { expect, test } from 'vitest'
import { openPage } from './browser-page.ts'
import { pages } from './site.ts'

test('everything that was sealed, signed or written under suite v1 is the same to Chromium, under the strictest policy', async () => {
  const page = await openPage(pages.strictest)
  expect(vectorNames.length).toBeGreaterThan(5)
  for (const name of vectorNames) expectAll(await page.ask('checkVectors', name, readVectors(name)))
  expect(page.console).toEqual([])
})

test('a case that does not hold is seen in the browser too', async () => {
  const page = await openPage()
  const altered = JSON.parse(JSON.stringify(readVectors('words-and-ids')).replaceAll('"bytes":"', '"bytes":"A'))
  const checked = await page.ask('checkVectors', 'words-and-ids', altered)
  expect(() => expectAll(checked)).toThrow()
})
