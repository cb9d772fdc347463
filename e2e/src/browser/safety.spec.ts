import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { openConsole } from './person.ts'

const people = Array.from({ length: 6 }, (_, index) => `person${index}@example.com`)

test('what Okta would take from too many is held, seen, rejected, and the next time applied', async () => {
  const installation = await startInstallation()
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  for (const userName of people) await okta.assign({ userName })
  const { page, refused } = await openConsole(installation)
  const methodPage = `${installation.url}/console/nodes/${method.nodeId}?tab=provisioning`
  const locked = async () => (await installation.users(method)).filter(({ status }) => status === 'locked').map(({ email }) => email)

  await page.goto(methodPage)
  const safety = page.getByRole('region', { name: 'Safety' })
  await safety.getByText('100 people, or 20 % of who has registered, within an hour').waitFor()
  await safety.getByLabel('People').fill('2')
  await safety.getByRole('button', { name: 'Save limits' }).click()
  await safety.getByText('2 people, or 20 % of who has registered, within an hour').waitFor()

  // By mistake.
  for (const userName of people) await okta.deactivate(userName)
  const banner = page.getByRole('alert').filter({ hasText: 'Paused by its limits: you decide' })
  await banner.getByText('4 removals, from 4 people').waitFor()
  await page.getByRole('status').getByText('Paused by its limits').waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Overview', exact: true }).click()
  await page.getByRole('alert').getByText('The directory of Staff would take access from more people').waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Look at what is held, and decide' }).click()

  const held = page.getByRole('table', { name: 'Held' })
  await held.getByText('Would lock person5@example.com.').waitFor()
  expect(await held.getByRole('row').count()).toBe(5)
  await expectAccessible(page)
  await held.getByRole('button', { name: 'Look at it: Would lock person2@example.com.' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'person2@example.com' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Apply this' }).click()
  await held.getByText('Would lock person2@example.com.').waitFor({ state: 'detached' })
  expect(await locked()).toEqual(people.slice(0, 3))

  await page.getByRole('button', { name: 'Reject', exact: true }).click()
  await page.getByRole('dialog').getByText('3 people keep what they have').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Reject 3 removals' }).click()
  await page.getByRole('heading', { name: 'Nothing is held' }).waitFor()
  expect(await locked()).toEqual(people.slice(0, 3))

  // And this time it is meant.
  for (const userName of people.slice(3)) await okta.deactivate(userName)
  await page.getByRole('button', { name: 'Apply what is held' }).click()
  await page.getByRole('dialog').getByText('3 people lose what the directory wants to take').waitFor()
  await page.getByRole('button', { name: 'Apply 3 removals' }).click()
  await page.getByRole('heading', { name: 'Nothing is held' }).waitFor()
  expect(await locked()).toEqual(people)
  await page.getByRole('tab', { name: 'Decided' }).click()
  await page.getByRole('table', { name: 'Decided' }).getByText('Locked person5@example.com').waitFor()
  await page.getByRole('table', { name: 'Decided' }).getByText('rejected').first().waitFor()
  await expectAccessible(page)
  expect(refused).toEqual([])
}, 180_000)

test('a draft is set to observe only: what the directory would do stands in a list, and nothing of it is done until that ends', async () => {
  const installation = await startInstallation()
  const method = await installation.addMethod('Staff', '--draft')
  const okta = installation.connect(method)
  const { page, refused } = await openConsole(installation)
  const methodPage = `${installation.url}/console/nodes/${method.nodeId}?tab=provisioning`
  await page.goto(methodPage)
  await page.getByRole('switch', { name: 'Observe only' }).click()
  await page.getByText('From now on the directory is only observed.').waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').getByText('Observed only: nothing of the directory is applied').waitFor()
  expect((await okta.test()).ok).toBe(true)
  expect((await okta.assign({ userName: 'ada@example.com' })).ok).toBe(false)
  await okta.assign({ userName: 'grace@example.com' })
  await okta.pushGroup({ name: 'Engineering', members: [] })
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Look at what it would do' }).click()
  const observed = page.getByRole('table', { name: 'Observed' })
  await observed.getByText('Would invite ada@example.com.').waitFor()
  await observed.getByText('Would create the pending team Engineering.').waitFor()
  await page.getByRole('button', { name: '2 people invited' }).click()
  await observed.getByText('Would create the pending team Engineering.').waitFor({ state: 'detached' })
  await expectAccessible(page)
  expect(await installation.users(method)).toEqual([])

  await page.goto(methodPage)
  await page.getByRole('switch', { name: 'Observe only' }).click()
  await page.getByText('From now on what the directory sends is applied.').waitFor()
  expect((await okta.assign({ userName: 'ada@example.com' })).ok).toBe(true)
  expect(await installation.users(method)).toMatchObject([{ email: 'ada@example.com', status: 'invited' }])
  expect(refused).toEqual([])
}, 180_000)
