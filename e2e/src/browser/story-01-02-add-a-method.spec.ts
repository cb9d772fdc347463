import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startInstallation } from '../installation.ts'
import { expectAccessible } from './accessible.ts'
import { openConsole } from './person.ts'

test('stories 1, 2: a method is added, the directory’s test fails with the words why until it is saved, and then passes with nobody there', async () => {
  const installation = await startInstallation()
  const { page, refused } = await openConsole(installation)
  await page.getByRole('link', { name: 'Nodes', exact: true }).click()
  await page.getByRole('treeitem', { name: /^Example Ltd/ }).click()
  await page.getByRole('tab', { name: 'Provisioning' }).click()

  await page.getByRole('button', { name: 'Add Method' }).click()
  expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true)
  await page.getByRole('radio', { name: 'SCIM' }).check()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Next' }).click()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create Provisioning Token' }).click()
  const pasted = await readPasted(page)
  expect(pasted.baseUrl).toBe(`${installation.url}/scim/v2/${installation.rootNodeId}`)
  expect(Buffer.from(pasted.token, 'base64url')).toHaveLength(32)
  await page.getByText('The token is shown this once').waitFor()
  // What is pasted at Okta stands under the names that the fields have there.
  expect(await page.getByLabel('SCIM connector base URL', { exact: true }).inputValue()).toBe(pasted.baseUrl)
  expect(await page.getByLabel('Unique identifier field for users', { exact: true }).inputValue()).toBe('userName')
  expect(await page.getByLabel('Authorization (Bearer)', { exact: true }).inputValue()).toBe(pasted.token)
  await expectAccessible(page)

  const okta = installation.connect({ ...pasted, methodId: '', nodeId: installation.rootNodeId })
  const early = await okta.test()
  expect(early).toMatchObject({ ok: false, failure: { status: 401 }, detail: expect.stringContaining('has not been saved') })
  await page.getByRole('status').getByText('The directory’s test failed').waitFor()

  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('status').getByText('Waiting for the first request…').waitFor()
  await expectAccessible(page)
  expect(await okta.test()).toMatchObject({ ok: true })
  await page.getByRole('status').getByText('The directory has called').waitFor()
  await expectAccessible(page)

  // Both requests are in the log, and the token is not to be had again.
  await page.getByRole('link', { name: 'Provisioning log' }).click()
  const log = page.getByRole('table', { name: 'Provisioning log' })
  await log.getByText('has not been saved').waitFor()
  await log.getByText('Look for users').waitFor()
  await page.goBack()
  await page.getByRole('region', { name: 'Tokens' }).getByText(pasted.token.slice(-4)).waitFor()
  expect(await page.content()).not.toContain(pasted.token)
  expect(refused).toEqual([])
})

test('story 1: a draft that was left is kept; its lost token is replaced, and everything is done with the keyboard', async () => {
  const installation = await startInstallation()
  const { nodeId } = await installation.claviger<{ nodeId: string }>('node', 'add', '--name', 'Staff')
  const { page, refused } = await openConsole(installation)
  await page.goto(`${installation.url}/console/nodes/${nodeId}?tab=provisioning`)
  await page.getByRole('button', { name: 'Add Method' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Add a provisioning method' }).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Create the token' }).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowDown')
  for (let tabs = 0; tabs < 2; tabs++) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Copy URL and Token, then save' }).waitFor()
  const lost = await readPasted(page)

  await page.reload()
  await page.getByText('Until you save, the directory’s test fails').waitFor()
  await page.getByText(`ends in ${lost.token.slice(-4)}`).waitFor()
  expect(await page.getByLabel('Token', { exact: true }).count()).toBe(0)
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Create Another Token' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Create another token?' })
  await dialog.getByRole('button', { name: 'Create Another Token' }).focus()
  await page.keyboard.press('Enter')
  const pasted = await readPasted(page)
  expect(pasted.token).not.toBe(lost.token)
  await page.getByRole('button', { name: 'Save' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Waiting for the first request…').waitFor()
  expect(await installation.connect({ ...pasted, methodId: '', nodeId }).test()).toMatchObject({ ok: true })
  const stale = await installation.connect({ ...lost, methodId: '', nodeId }).test()
  expect(stale).toMatchObject({ ok: false, detail: expect.stringContaining('has been revoked') })
  await page.getByRole('status').getByText('The directory’s last request was refused').waitFor()
  expect(refused).toEqual([])
})

test('a saved method: its token is rotated and the old one revoked, it is paused and resumed, and refuses other addresses once it is set so', async () => {
  const installation = await startInstallation()
  const method = await installation.addMethod('Staff')
  const { page, refused } = await openConsole(installation)
  await page.goto(`${installation.url}/console/nodes/${method.nodeId}?tab=provisioning`)
  await page.getByRole('button', { name: 'Rotate token' }).click()
  const dialog = page.getByRole('dialog', { name: 'Rotate token' })
  await dialog.getByRole('button', { name: 'Create Provisioning Token' }).click()
  const token = await dialog.getByLabel('Token', { exact: true }).inputValue()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Done' }).click()
  const [old, fresh] = [installation.connect(method), installation.connect({ ...method, token })]
  expect([(await old.test()).ok, (await fresh.test()).ok]).toEqual([true, true])
  const tokens = page.getByRole('region', { name: 'Tokens' })
  expect(await tokens.getByRole('button', { name: 'Rotate token' }).isDisabled()).toBe(true)
  await tokens.getByRole('button', { name: `Revoke the token that ends in ${method.token.slice(-4)}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await tokens.getByText('(older)').waitFor({ state: 'detached' })
  expect([(await old.test()).ok, (await fresh.test()).ok]).toEqual([false, true])

  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('status').getByText('Paused: nothing of the directory is applied').waitFor()
  expect((await fresh.assign({ userName: 'ada@example.com' })).ok).toBe(false)
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  expect((await fresh.assign({ userName: 'ada@example.com' })).ok).toBe(true)

  await page.getByRole('radio', { name: 'Refuse' }).click()
  await page.getByText('Saved: Refuse.').waitFor()
  const other = { userName: 'grace@example.com', email: 'hopper@example.com' }
  expect(await fresh.assign(other)).toMatchObject({ ok: false, detail: expect.stringContaining('hopper@example.com') })
  await expectAccessible(page)
  expect(refused).toEqual([])
})

/** What the page shows to paste at the directory. */
async function readPasted(page: Page): Promise<{ baseUrl: string; token: string }> {
  return {
    baseUrl: await page.getByLabel('URL', { exact: true }).inputValue(),
    token: await page.getByLabel('Token', { exact: true }).inputValue(),
  }
}
