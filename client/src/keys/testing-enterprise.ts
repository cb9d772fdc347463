import { ConnectionId, UserId } from '@claviger/contract/ids.ts'
import type { LogEntry } from '@claviger/contract/log/entry.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { AdministratorRight, Policy, StatementBody } from '@claviger/contract/log/statement.ts'
import { type Author, asAdministrator, stateGenesis, stateNext } from '../log/log-statements.ts'
import { newId } from '../new-id.ts'
import { type Identity, makeIdentity } from './identity.ts'
import { certifiedUser } from './recipients.ts'

/** 1 March 2026, 12:00 UTC. */
export const NOON = Date.UTC(2026, 2, 1, 12)

/** An enterprise as its first administrator, Ada, sees it. */
export interface TestEnterprise {
  readonly ada: Identity
  readonly entries: LogEntry[]
  state: LogState
}

export async function foundEnterprise(): Promise<TestEnterprise> {
  const ada = await makeIdentity(newId(UserId))
  const { entry, state } = await stateGenesis(ada, 'ada@example.com', NOON)
  return { ada, entries: [entry], state }
}

/** Appends what somebody states; Ada, unless another author is given. */
export async function append(enterprise: TestEnterprise, body: StatementBody, author: Author = asAdministrator(enterprise.ada)) {
  const { entry, state } = await stateNext(enterprise.state, author, body, NOON)
  enterprise.entries.push(entry)
  enterprise.state = state
  return entry
}

/** What an administrator states who certifies a person. */
export function certificateOf(person: Identity, email = 'grace@example.com'): StatementBody & { kind: 'user-certified' } {
  const evidence = { kind: 'administrator', wordsCompared: true } as const
  return { kind: 'user-certified', userId: person.userId, email, identity: person.public, replaces: null, evidence }
}

/** A person whom Ada certified. */
export async function addMember(enterprise: TestEnterprise, email?: string): Promise<Identity> {
  const member = await makeIdentity(newId(UserId))
  await append(enterprise, certificateOf(member, email))
  return member
}

export async function addAdministrator(enterprise: TestEnterprise, rights: AdministratorRight[]): Promise<Identity> {
  const member = await addMember(enterprise)
  await append(enterprise, { kind: 'administrator-added', userId: member.userId, rights })
  return member
}

export async function setPolicy(enterprise: TestEnterprise, policy: Partial<Policy>) {
  await append(enterprise, { kind: 'policy-set', policy: { ...enterprise.state.policy, ...policy } })
}

export async function pinDirectory(enterprise: TestEnterprise): Promise<ConnectionId> {
  const connectionId = newId(ConnectionId)
  const certificates = [Buffer.alloc(100, 7).toString('base64url')]
  await append(enterprise, { kind: 'identity-provider-pinned', connectionId, entityId: 'https://idp.example.com', certificates })
  return connectionId
}

export const certified = ({ state }: TestEnterprise, { userId }: Identity) => certifiedUser(state, userId)

/** The code with which this is refused, or 'accepted'. */
export async function outcome(attempt: () => unknown): Promise<string> {
  try {
    await attempt()
    return 'accepted'
  } catch (thrown) {
    return codeOf(thrown) ?? `not a refusal: ${String(thrown)}`
  }
}

/** The same base64url text with one bit of its bytes flipped. */
export function flipBit(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'base64url')
  const at = bit % (bytes.length * 8)
  bytes.writeUInt8(bytes.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3)
  return bytes.toString('base64url')
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined
}
