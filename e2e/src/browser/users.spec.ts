import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { openConsole } from './person.ts'

test('stories 3, 5: who is assigned in the directory appears by themselves, and a changed userName shows', async () => {
  const installation = await startInstallation({ mail: true })
  const { page, refused } = await openConsole(installation)
  await page.getByRole('link', { name: 'Users' }).click()
  const users = page.getByRole('table', { name: 'Users' })
  await users.getByRole('link', { name: 'admin@example.com' }).waitFor()
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  await okta.assign({ userName: 'grace@example.com' })
  await users.getByRole('link', { name: 'grace@example.com' }).waitFor()
  await expectAccessible(page)
  await page.screenshot({ path: '/tmp/users-1.png' })
  expect(refused).toEqual([])
})
