import { fromBase64url } from '../bytes.ts'
import { ContractError } from '../errors.ts'
import { type Granter, readGrant } from '../grant.ts'
import type { TeamId } from '../ids.ts'
import { isSignedBy, type PublicIdentity } from '../public-keys.ts'
import type { SignedStatement } from '../signed-statement.ts'
import type { Draft, LogState } from './state.ts'
import type { Statement } from './statement.ts'

/**
 * Refuses a team key that a user states, unless the log knows that they hold the newest one: they stated it themselves, or
 * `heldBy` are grants of it, the first to them, each other one to the granter of the one before, the last by an approver
 * or by who stated it. The state at this place of the log counts: keys and rights that somebody had earlier do not.
 * @throws ContractError `not_permitted`, `unknown_signer`, `bad_signature`, `wrong_enterprise`, `malformed`
 */
export async function requireHolder(state: LogState | Draft, { signer, body }: Statement): Promise<void> {
  if (body.kind !== 'team-key') return
  const { teamId, heldBy = [] } = body
  if (signer.kind !== 'user') {
    if (heldBy.length > 0) throw new ContractError('malformed', 'Who states a team key by a right shows no grants of it.')
    return
  }
  if (!state.teamKeys.has(teamId)) throw refused('the first key of a team is made by who approves the team')
  let holder: Granter = { kind: 'user', id: signer.id }
  const passed = new Set<string>([holder.id])
  for (const grant of heldBy) {
    holder = await granterTo(state, teamId, holder, grant)
    // Else an administrator without the right to publish team keys could give it to themselves.
    if (passed.has(holder.id)) throw refused('the grants come back to somebody')
    passed.add(holder.id)
  }
  const known = heldBy.length > 0 ? isRootOf(state, teamId, holder) : hasStated(state, teamId, holder)
  if (!known) throw refused('the grants do not begin at an approver or at who stated the newest key')
}

/**
 * Who gave this holder, a user, the team's newest key with this grant. Says nothing of where the granter has it from.
 * @throws ContractError as `requireHolder`
 */
export async function granterTo(state: LogState | Draft, teamId: TeamId, holder: Granter, grant: SignedStatement): Promise<Granter> {
  const said = readGrant(grant)
  if (said.enterprise !== state.enterprise) throw new ContractError('wrong_enterprise', 'A grant was made for another enterprise.')
  const keys = state.teamKeys.get(teamId) ?? []
  const isNewest = said.kind === 'team-key' && said.teamId === teamId && said.epoch === keys.length && said.teamKey === keys.at(-1)
  if (!isNewest) throw refused('a grant is not of the team’s newest key')
  const { to, by } = said
  const { encryptionKey } = identityOf(state, holder)
  const isTheirs = holder.kind === 'user' && to.kind === 'user' && to.id === holder.id && to.encryptionKey === encryptionKey
  if (!isTheirs) throw refused('a grant is for somebody else, or for other keys')
  if (await isSignedBy(identityOf(state, by).signingKey, 'grant', fromBase64url(grant.statement), grant.signature)) return by
  throw new ContractError('bad_signature', 'A grant is not signed by whom it names.')
}

/** Whether the log itself vouches that this granter holds the team's newest key: an approver, or who stated the key. */
export function isRootOf(state: LogState | Draft, teamId: TeamId, granter: Granter): boolean {
  if (hasStated(state, teamId, granter)) return true
  if (granter.kind === 'user') return state.administrators.has(granter.id)
  const rights = state.automators.get(granter.id)?.scope.rights ?? []
  return rights.includes('memberships') || rights.includes('teams')
}

/** Whether they stated the team's newest key, with the keys that the log has of them now. */
export function hasStated(state: LogState | Draft, teamId: TeamId, granter: Granter): boolean {
  return identityOf(state, granter).signingKey === state.teamKeyPublishers.get(teamId)
}

/** A claim that stands on a directory's response is no identity here: who reads the log cannot check the response. */
function identityOf(state: LogState | Draft, { kind, id }: Granter): PublicIdentity {
  const known = kind === 'user' ? state.certificates.get(id) : state.automators.get(id)
  if (known === undefined) throw new ContractError('unknown_signer', `The log has no keys of the ${kind} ${id}.`)
  return known.identity
}

function refused(why: string): ContractError {
  return new ContractError('not_permitted', `A user may not state this team key: ${why}.`)
}
