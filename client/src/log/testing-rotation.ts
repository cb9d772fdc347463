import { AutomatorId, TeamId } from '@claviger/contract/ids.ts'
import type { AutomatorRight } from '@claviger/contract/log/statement.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { makeDevice } from '../keys/device.ts'
import { asGranter, type GrantSigner } from '../keys/grants.ts'
import { type Identity, makeIdentity, publicIdentity } from '../keys/identity.ts'
import { signStatement } from '../keys/sign.ts'
import { grantTeamKey, makeTeamKey, publishTeamKey, type TeamKey } from '../keys/team-key.ts'
import {
  addMember,
  append,
  certificateOf,
  certified,
  foundEnterprise,
  NOON,
  outcome,
  type TestEnterprise,
} from '../keys/testing-enterprise.ts'
import { newId } from '../new-id.ts'
import { asMember, stateNext } from './log-statements.ts'

/** A team with its first key, made by Ada, and two certified people. */
export async function startTeam() {
  const enterprise = await foundEnterprise()
  const [grace, heidi] = [await addMember(enterprise), await addMember(enterprise)]
  const teamId = newId(TeamId)
  const key = await makeTeamKey(enterprise.state, teamId)
  await append(enterprise, publishTeamKey(key))
  const grant = (to: Identity, by: Identity, of = key) => grantIn(enterprise, of, to, asGranter(by))
  const says = (member: Identity, heldBy: readonly SignedStatement[], team = teamId) => rotates(enterprise, team, member, heldBy)
  return { enterprise, ada: enterprise.ada, grace, heidi, teamId, key, grant, says }
}

export const grantIn = (enterprise: TestEnterprise, key: TeamKey, to: Identity, by: GrantSigner) =>
  grantTeamKey(enterprise.state, key, certified(enterprise, to), by, NOON)

export const nextKey = async ({ state }: TestEnterprise, teamId: TeamId, heldBy: readonly SignedStatement[]) =>
  publishTeamKey(await makeTeamKey(state, teamId), heldBy)

/** What the log says to a member's next key of a team. */
const rotates = (enterprise: TestEnterprise, teamId: TeamId, member: Identity, heldBy: readonly SignedStatement[]) =>
  outcome(async () => stateNext(enterprise.state, asMember(member), await nextKey(enterprise, teamId, heldBy), NOON))

/** The same grant with other fields, signed anew: what a granter could say, whatever they sealed. */
export function altered({ statement }: SignedStatement, by: Identity, fields: object): Promise<SignedStatement> {
  const said: object = JSON.parse(Buffer.from(statement, 'base64url').toString())
  return signStatement(by.signing, 'grant', { ...said, ...fields })
}

export async function enrol(enterprise: TestEnterprise, rights: AutomatorRight[]) {
  const [automatorId, keys] = [newId(AutomatorId), await makeDevice({ exportable: true })]
  const identity = await publicIdentity(automatorId, keys.signing, keys.encryption)
  const scope = { rights, nodes: null, verifiedPeopleOnly: true }
  await append(enterprise, { kind: 'automator-enrolled', automatorId, identity, scope })
  return { automatorId, granter: { granter: { kind: 'automator', id: automatorId }, signing: keys.signing } satisfies GrantSigner }
}

export async function replaceKeys(enterprise: TestEnterprise, person: Identity): Promise<Identity> {
  const renewed = await makeIdentity(person.userId)
  await append(enterprise, { ...certificateOf(renewed), replaces: person.public.signingKey })
  return renewed
}
