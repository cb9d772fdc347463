import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import type { OpenRecord } from '@claviger/client/vault/contents.ts'
import { openVault, type Vault } from '@claviger/client/vault/vault.ts'
import type { RecordContent } from '@claviger/client/vault/write-record.ts'
import type { Person } from '@claviger/contract/api/vault.ts'
import type { TeamId } from '@claviger/contract/ids.ts'
import { type ApprovalScene, approve, startApprovals } from './approval-scene.ts'

/** People whom Ada certified, besides her. */
export interface VaultScene extends ApprovalScene {
  /** A certified person. */
  certified(name: string): Promise<OpenAccount>
  /** A team that Ada approved, with these members in it. */
  activeTeam(name: string, ...members: readonly OpenAccount[]): Promise<TeamId>
}

export async function startVaults(): Promise<VaultScene> {
  const scene = await startApprovals()
  const { ada, person, pushTeam } = scene
  return {
    ...scene,
    async certified(name) {
      const account = await person(name)
      await approve(ada, { certify: true })
      return account
    },
    async activeTeam(name, ...members) {
      const teamId = await pushTeam(name, ...members)
      await approve(ada)
      return teamId
    },
  }
}

/** A login as a person writes it. */
export function login(title: string, password: string): RecordContent {
  return { meta: { type: 'login', title, hint: 'ada', urls: ['https://example.com'] }, body: { type: 'login', password } }
}

/** Somebody as another finds them to share with. */
export async function found(vault: Vault, email: string): Promise<Person> {
  const { people } = await vault.findRecipients(email)
  const [person] = people
  if (person === undefined) throw new Error(`${email} was not found`)
  return person
}

/** The password of a login, as this vault reads it now. */
export async function passwordOf(vault: Vault, { recordId }: Pick<OpenRecord, 'recordId'>): Promise<string> {
  const { body } = await vault.read(recordId)
  if (body.type !== 'login') throw new Error('this is no login')
  return body.password
}

/** The titles that somebody sees now, in a vault that is opened anew. */
export async function titlesOf(account: OpenAccount): Promise<string[]> {
  return (await openVault(account)).records().map(({ meta }) => meta.title)
}

/** The code with which something is refused, or 'accepted'. */
export async function codeOf(attempt: Promise<unknown>): Promise<unknown> {
  try {
    await attempt
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? thrown.code : thrown
  }
}
