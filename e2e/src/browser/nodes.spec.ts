import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setRole } from '@claviger/client/administration/roles.ts'
import { NodeId, UserId } from '@claviger/contract/ids.ts'
import { openPerson } from 'claviger/src/person.ts'
import { runJson } from 'claviger/src/testing-command.ts'
import { expect, test } from 'vitest'
import { type Installation, type Method, type ShownUser, startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { openBrowser, openConsole, PASSWORD, signIn } from './person.ts'

test('nodes are added, found, renamed and removed; one that holds something says what, and the keyboard walks the tree', async () => {
  const installation = await startInstallation()
  const method = await installation.addMethod('Contractors')
  await installation.connect(method).assign({ userName: 'ada@example.com' })
  const { page, refused } = await openConsole(installation)
  await page.goto(`${installation.url}/console/nodes?add=node`)
  const dialog = page.getByRole('dialog', { name: 'Add node' })
  await dialog.getByLabel('Name').fill('Staff')
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('heading', { name: 'Staff', level: 1 }).waitFor()

  await page.getByRole('tab', { name: 'Details' }).click()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Add node under it' }).click()
  await dialog.getByLabel('Name').fill('Berlin')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await page.getByRole('heading', { name: 'Berlin', level: 1 }).waitFor()
  const way = page.getByRole('navigation', { name: 'Way to the node' })
  expect(await way.getByRole('link').allTextContents()).toEqual(['Nodes', 'Example Ltd', 'Staff'])

  await way.getByRole('link', { name: 'Nodes' }).click()
  const tree = page.getByRole('tree', { name: 'Nodes' })
  await tree.getByRole('treeitem', { name: 'Berlin' }).waitFor()
  expect(await tree.getByRole('treeitem', { name: 'Contractors' }).textContent()).toMatch(/1 invited.*no teams.*SCIM active/)
  await expectAccessible(page)
  // The root, then the nodes under it by name: the third is Staff, with Berlin under it.
  await tree.getByRole('treeitem').first().focus()
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowLeft']) await page.keyboard.press(key)
  await tree.getByRole('treeitem', { name: 'Berlin' }).waitFor({ state: 'detached' })
  expect(await tree.getByRole('treeitem', { name: 'Staff' }).getAttribute('aria-expanded')).toBe('false')
  await page.getByRole('searchbox', { name: 'Find a node' }).fill('berl')
  await expect.poll(() => tree.getByRole('treeitem').allTextContents()).toHaveLength(3)
  await page.getByRole('searchbox', { name: 'Find a node' }).fill('')
  await tree.getByRole('treeitem', { name: 'Staff' }).focus()
  for (const key of ['ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
  await page.getByRole('heading', { name: 'Berlin', level: 1 }).waitFor()

  await page.getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Hamburg')
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('heading', { name: 'Hamburg', level: 1 }).waitFor()
  await page.getByRole('button', { name: 'Remove node' }).click()
  await page.getByRole('dialog', { name: 'Remove Hamburg?' }).getByRole('button', { name: 'Remove' }).click()
  await tree.getByRole('treeitem', { name: 'Staff' }).waitFor()
  expect(await tree.getByRole('treeitem', { name: 'Hamburg' }).count()).toBe(0)

  await tree.getByRole('treeitem', { name: 'Contractors' }).click()
  await page.getByText('It has users: move or delete them first.').waitFor()
  expect(await page.getByRole('button', { name: 'Remove node' }).isDisabled()).toBe(true)
  await page.getByRole('tab', { name: 'Users' }).click()
  await page.getByRole('table').getByText('ada@example.com').waitFor()
  await page.getByRole('tab', { name: 'Teams' }).click()
  await page.getByRole('tabpanel', { name: 'Teams' }).getByRole('heading').waitFor()
  await expectAccessible(page)
  await page.goto(`${installation.url}/console/nodes/nothing`)
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
  expect(refused).toEqual([])
})

test('a delegated administrator sees the own node and what is under it, and is offered what the role allows', async () => {
  const installation = await startInstallation()
  const profile = join(mkdtempSync(join(tmpdir(), 'claviger-spec-')), 'admin')
  await runJson(['setup', '--url', installation.setupUrl, '--password-stdin', '--profile', profile], { input: PASSWORD })
  const [staff, partners] = [await installation.addMethod('Staff'), await installation.addMethod('Partners')]
  await installation.claviger('node', 'add', '--name', 'Berlin', '--parent', staff.nodeId)
  await installation.connect(staff).assign({ userName: 'grace@example.com' })
  await installation.connect(partners).assign({ userName: 'ada@example.com' })
  const grace = await register(installation, staff)
  const [userId, nodeId] = [UserId.parse(grace.id), NodeId.parse(staff.nodeId)]
  await setRole(await openPerson({ profile }), { userId, nodeId, atRoot: false, role: 'read-only' })

  const browser = await openBrowser()
  await signIn(browser, installation, grace.email, '/console/nodes')
  const { page } = browser
  const tree = page.getByRole('tree', { name: 'Nodes' })
  await tree.getByRole('treeitem', { name: 'Berlin' }).waitFor()
  expect(await tree.getByRole('treeitem').count()).toBe(2)
  expect(await page.getByRole('button', { name: 'Add node' }).count()).toBe(0)
  await tree.getByRole('treeitem', { name: 'Staff' }).click()
  await page.getByRole('tab', { name: 'Provisioning' }).click()
  await page.getByRole('status').getByText('The directory has called').waitFor()
  for (const name of ['Rotate token', 'Pause']) expect(await page.getByRole('button', { name }).count()).toBe(0)
  await page.goto(`${installation.url}/console/provisioning`)
  const methods = page.getByRole('table', { name: 'Methods' })
  await methods.getByRole('link', { name: 'Staff' }).waitFor()
  expect(await methods.getByRole('link', { name: 'Partners' }).count()).toBe(0)
  await page.goto(`${installation.url}/console/nodes/${partners.nodeId}`)
  await page.getByRole('alert').getByText('You may not do this').waitFor()
})

/** Makes the account of the one user of this method. */
async function register(installation: Installation, method: Method): Promise<ShownUser> {
  const [user] = await installation.users(method)
  if (user?.invitationUrl === undefined) throw new Error('nobody is invited')
  const profile = join(mkdtempSync(join(tmpdir(), 'claviger-spec-')), 'user')
  await runJson(['register', '--invitation', user.invitationUrl, '--password-stdin', '--profile', profile], { input: PASSWORD })
  return user
}
