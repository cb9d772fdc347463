import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { openConsole } from './person.ts'

test('the activity tells in plain words who did what, is narrowed, and taken away as a file, with nobody’s name in it', async () => {
  const installation = await startInstallation()
  const { page, refused } = await openConsole(installation)
  const okta = installation.connect(await installation.addMethod('Staff'))
  await okta.assign({ userName: 'grace@example.com', givenName: 'Wilhelmina', familyName: 'Featherstone' })
  await okta.deactivate('grace@example.com')
  await page.getByRole('link', { name: 'Activity' }).click()

  const list = page.getByRole('list', { name: 'Activity' })
  await list.getByText('Locked grace@example.com: every session ended').waitFor()
  await list.getByText('by the directory of Staff').first().waitFor()
  await list.getByText('Created grace@example.com').click()
  await list.getByText('user.created').waitFor()
  await expectAccessible(page)
  await list.getByRole('button', { name: 'Only about grace@example.com' }).click()
  await page.waitForURL(/subject=/)
  await expect.poll(() => list.getByText('grace@example.com').count()).toBeGreaterThan(1)
  await expect.poll(() => list.getByText('Founded').count()).toBe(0)

  const lines = (await exported(page, 'JSON lines')).trim().split('\n')
  const rows: { id: string; action: string; subject: { name: string } }[] = lines.map((line) => JSON.parse(line))
  expect(rows.length).toBe(await list.getByRole('listitem').count())
  expect(rows.map(({ action }) => action)).toContain('user.locked')
  expect(new Set(rows.map(({ subject }) => subject.name))).toEqual(new Set(['grace@example.com']))
  const csv = await exported(page, 'CSV')
  expect(csv.trim().split('\r\n')).toHaveLength(rows.length + 1)
  for (const text of [csv, lines.join(''), await page.content()]) expect(text).not.toMatch(/Wilhelmina|Featherstone/)

  await page.getByRole('button', { name: 'Show all' }).click()
  await list.getByText('Founded').waitFor()
  await page.getByRole('combobox', { name: 'What' }).fill('User locked')
  await page.getByRole('option', { name: 'User locked' }).click()
  await expect.poll(() => list.getByRole('listitem').count()).toBe(1)
  await page.getByLabel('To', { exact: true }).fill('2020-01-01')
  await page.getByRole('heading', { name: 'Nothing fits' }).waitFor()
  expect(refused).toEqual([])
})

/** What the browser saved. */
async function exported(page: Page, kind: string): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click()
  const downloading = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: new RegExp(kind) }).click()
  const download = await downloading
  await page.getByRole('dialog').getByText('everything that fits the filters').waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  return readFileSync(await download.path(), 'utf8')
}
