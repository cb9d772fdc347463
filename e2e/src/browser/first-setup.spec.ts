import { dirname } from 'node:path'
import { isPostgres } from '@claviger/server/storage/open.ts'
import { newTestLocation } from '@claviger/server/storage/testing.ts'
import { startServing } from 'claviger/src/testing-command.ts'
import { expect, test } from 'vitest'
import { expectAccessible } from './accessible.ts'
import { acceptLink, openBrowser } from './person.ts'

test('from the link that a new server prints to the Admin Console, without a command; the link then makes nothing more', async () => {
  const location = await newTestLocation()
  const server = await startServing(isPostgres(location) ? { CLAVIGER_DATABASE_URL: location } : { CLAVIGER_DATA: dirname(location) })
  const link = () => /Set it up: (\S+)/.exec(server.printed().out)?.[1] ?? ''
  await expect.poll(link).toContain('/setup#new.')
  const { page, refused } = await openBrowser()
  await page.goto(link())
  await page.getByRole('heading', { name: 'Set up Claviger' }).waitFor()
  await expectAccessible(page)
  await page.getByLabel('Enterprise').fill('Example Ltd')
  await page.getByLabel('Your e-mail').fill('ada@example.com')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: 'Set up Example Ltd' }).waitFor()
  await acceptLink(page, null, 'Set up')
  await page.waitForURL('**/console')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  expect(refused).toEqual([])

  const other = await openBrowser()
  await other.page.goto(link())
  await other.page.getByLabel('Enterprise').fill('Other Ltd')
  await other.page.getByLabel('Your e-mail').fill('eve@example.com')
  await other.page.getByRole('button', { name: 'Go on' }).click()
  await other.page.getByRole('alert').getByText('has its enterprise already').waitFor()
})
