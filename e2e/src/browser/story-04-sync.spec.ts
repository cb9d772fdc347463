import { startServing } from 'claviger/src/testing-command.ts'
import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { openConsole } from './person.ts'

test('story 4: new users show after Sync and by themselves, without a reload, whichever server process the directory called', async () => {
  const installation = await startInstallation()
  const method = await installation.addMethod('Staff')
  const { page, refused } = await openConsole(installation)
  await page.goto(`${installation.url}/console/nodes/${method.nodeId}?tab=users`)
  await page.getByText('ada@example.com').waitFor({ state: 'detached' })
  // What is on the page is gone where it is loaded anew.
  await page.evaluate('window.unloaded = false')
  await installation.connect(method).assign({ userName: 'ada@example.com' })
  await page.getByRole('button', { name: 'Sync' }).click()
  const users = page.getByRole('table')
  await users.getByText('ada@example.com').waitFor()
  await page.getByRole('button', { name: 'Sync', description: /^Synced just now/ }).waitFor()

  await installation.connect(method).assign({ userName: 'grace@example.com' })
  await users.getByText('grace@example.com').waitFor()

  const { CLAVIGER_PUBLIC_URL: _, ...env } = installation.env
  const other = await startServing(env)
  const there = { ...method, baseUrl: method.baseUrl.replace(installation.url, other.url) }
  expect((await installation.connect(there).assign({ userName: 'joan@example.com' })).ok).toBe(true)
  await users.getByText('joan@example.com').waitFor()
  expect(await page.evaluate('window.unloaded')).toBe(false)
  expect(refused).toEqual([])
})
