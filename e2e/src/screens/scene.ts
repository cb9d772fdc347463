import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runJson } from 'claviger/src/testing-command.ts'
import { vi } from 'vitest'
import { openConsole, PASSWORD, type PersonBrowser } from '../browser/person.ts'
import { type Installation, type Method, startInstallation } from '../installation.ts'

const staff = ['ada.byron', 'grace.hopper', 'joan.clarke', 'mary.kenneth', 'edith.clarke', 'hedy.lamarr', 'karen.jones', 'radia.perl']
const contractors = ['lise.meitner', 'emmy.noether', 'sofia.kov', 'maria.agnesi']

/** An installation in daily use: people of two directories, teams, things that wait, a request that failed. */
export interface Scene extends PersonBrowser {
  readonly installation: Installation
  readonly staff: Method
  readonly contractors: Method
}

/** Sets up in the browser, provisions by simulated directories, has some people register, and approves one team. */
export async function openScene(): Promise<Scene> {
  const installation = await startInstallation({ mail: true })
  const browser = await openConsole(installation)
  const method = await installation.addMethod('Staff')
  const other = await installation.addMethod('Contractors')
  const okta = installation.connect(method)
  const entra = installation.connect(other, 'entra')
  await okta.test()
  for (const name of staff) await okta.assign(person(name, 'example.com'))
  await okta.assign({ ...person('no.address', 'example.com'), userName: 'no.address' })
  await entra.test()
  for (const name of contractors) await entra.assign(person(name, 'partner.example'))
  await okta.pushGroup({ name: 'Engineering', members: staff.slice(0, 4).map((name) => `${name}@example.com`) })
  await entra.pushGroup({ name: 'Auditors', members: contractors.slice(0, 2).map((name) => `${name}@partner.example`) })
  await register(installation, 'ada.byron@example.com', 'grace.hopper@example.com', 'edith.clarke@example.com')
  await register(installation, 'lise.meitner@partner.example')
  await approveAll(browser)
  await okta.pushGroup({ name: 'Finance', members: ['edith.clarke@example.com', 'hedy.lamarr@example.com'] })
  await okta.pushGroup({ name: 'Support', members: ['karen.jones@example.com'] })
  await okta.deactivate('radia.perl@example.com')
  return { ...browser, installation, staff: method, contractors: other }
}

/** Invented people, whose names stand nowhere but in what the directory sends. */
function person(name: string, domain: string) {
  const [givenName = '', familyName = ''] = name.split('.').map((part) => `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`)
  return { userName: `${name}@${domain}`, givenName, familyName }
}

/** They follow the link of the mail that reached them. */
async function register({ mail }: Installation, ...emails: readonly string[]): Promise<void> {
  for (const email of emails) {
    const link = await vi.waitFor(() => linkIn(mail?.arrived.find(({ to }) => to.includes(email))?.text), { timeout: 20_000 })
    const profile = join(mkdtempSync(join(tmpdir(), 'claviger-screens-')), 'profile')
    await runJson(['register', '--invitation', link, '--password-stdin', '--profile', profile], { input: PASSWORD })
  }
}

function linkIn(text = ''): string {
  const [link] = text.match(/http\S+\/invite#\S+/) ?? []
  if (link === undefined) throw new Error('the invitation has not come yet')
  return link
}

async function approveAll({ page }: PersonBrowser): Promise<void> {
  await page.getByRole('link', { name: 'Approvals' }).click()
  await page.getByRole('button', { name: 'Approve all' }).click()
  await page.getByRole('button', { name: 'Approve all now' }).click()
  const report = page.getByRole('dialog')
  await report.getByRole('button', { name: 'Close' }).last().waitFor()
  await report
    .getByText(/Engineering/)
    .first()
    .waitFor()
  await report.getByRole('button', { name: 'Close' }).last().click()
}
