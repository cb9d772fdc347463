import type { Binding } from '@claviger/contract/associated-data.ts'
import { type Grantee, type GrantStatement, readGrant, type TeamKeyGrant } from '@claviger/contract/grant.ts'
import type { EnterpriseLogId, TeamId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { StatementOf } from '@claviger/contract/log/statement.ts'
import type { EncryptionKey } from '@claviger/contract/public-keys.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { ClientError } from '../errors.ts'
import { type GrantOpener, type GrantSigner, granteeOf, readGrantFor, requireGrantee } from './grants.ts'
import { type EncryptionKeyPair, exportPrivateKey, importEncryptionKeyPair, makeEncryptionKeyPair, openWith, sealTo } from './key-pair.ts'
import { requireWithin, type VerifiedApproverKey, type VerifiedAutomator, type VerifiedUser } from './recipients.ts'
import { signStatement } from './sign.ts'

/** A team's key of one epoch: opens what is shared with the team. */
export interface TeamKey {
  readonly kind: 'team-key'
  readonly enterprise: EnterpriseLogId
  readonly teamId: TeamId
  readonly epoch: number
  readonly encryption: EncryptionKeyPair
}

/** Makes the next key of a team: epoch 1 when it is approved, one more at each rotation. */
export async function makeTeamKey(state: LogState, teamId: TeamId): Promise<TeamKey> {
  const epoch = (state.teamKeys.get(teamId)?.length ?? 0) + 1
  return { kind: 'team-key', enterprise: state.enterprise, teamId, epoch, encryption: await makeEncryptionKeyPair(true) }
}

/**
 * What the log must say of the key before it is granted to anybody. `heldBy`, from a member alone, are the grants by which
 * they hold the epoch before (log/held-by.ts finds them); everybody may read them in the log, and only the grantees open them.
 */
export function publishTeamKey({ teamId, epoch, encryption }: TeamKey, heldBy: readonly SignedStatement[] = []): StatementOf<'team-key'> {
  const said: StatementOf<'team-key'> = { kind: 'team-key', teamId, epoch, publicKey: encryption.public }
  return heldBy.length === 0 ? said : { ...said, heldBy: [...heldBy] }
}

/**
 * Admits a member (or the approvers) to the team: the private half sealed for them, signed by the granter. `at`: milliseconds.
 * @throws ClientError `unknown_key` unless the log has this key as the team's newest, `not_entitled`
 */
export async function grantTeamKey(
  state: LogState,
  key: TeamKey,
  to: VerifiedUser | VerifiedAutomator | VerifiedApproverKey,
  by: GrantSigner,
  at: number,
): Promise<SignedStatement> {
  const { enterprise, teamId, epoch } = key
  const published = state.teamKeys.get(teamId) ?? []
  if (enterprise !== state.enterprise || published.length !== epoch || published.at(-1) !== key.encryption.public) {
    throw new ClientError('unknown_key', `Epoch ${epoch} is not the newest that the log has of the team ${teamId}.`)
  }
  requireWithin(enterprise, to)
  const teamKey = key.encryption.public
  const grantee = granteeOf(to)
  const sealed = await sealTo(to.encryptionKey, await exportPrivateKey(key.encryption), bindingOf(key, teamKey, grantee))
  const grant: TeamKeyGrant = {
    kind: 'team-key',
    suite: SUITE,
    enterprise,
    teamId,
    teamKey,
    epoch,
    to: grantee,
    by: by.granter,
    at,
    sealed,
  }
  return signStatement(by.signing, 'grant', grant)
}

/** Which key is expected of a grant: the caller's question, never the server's answer. */
export interface TeamKeyWanted {
  readonly teamId: TeamId
  readonly epoch: number
}

/**
 * The team key, if `granter` gave it to this opener, for this team and epoch, and its public half is the log's.
 * @throws ClientError `bad_grant`, `unknown_key`, `cannot_open`, `swapped_key`; ContractError `malformed`
 */
export async function openTeamKey(
  state: LogState,
  grant: SignedStatement,
  wanted: TeamKeyWanted,
  granter: VerifiedUser | VerifiedAutomator,
  opener: GrantOpener,
): Promise<TeamKey> {
  return openSaid(state, await readGrantFor(grant, state.enterprise, granter, opener), wanted, opener)
}

/**
 * The team key, whoever gave it to this opener: it proves itself, because the log has its public half, and nobody can seal
 * the private half who does not hold it. So it opens for those whom a removed automator admitted, too.
 * @throws ClientError `bad_grant`, `unknown_key`, `cannot_open`, `swapped_key`; ContractError `malformed`
 */
export async function openHeldTeamKey(
  state: LogState,
  grant: SignedStatement,
  wanted: TeamKeyWanted,
  opener: GrantOpener,
): Promise<TeamKey> {
  const said = readGrant(grant)
  requireGrantee(said, state.enterprise, opener)
  return openSaid(state, said, wanted, opener)
}

async function openSaid(state: LogState, said: GrantStatement, { teamId, epoch }: TeamKeyWanted, opener: GrantOpener): Promise<TeamKey> {
  const { enterprise } = state
  if (said.kind !== 'team-key' || said.teamId !== teamId || said.epoch !== epoch) {
    throw new ClientError('bad_grant', `A grant is not for epoch ${epoch} of the team ${teamId}.`)
  }
  const published = state.teamKeys.get(teamId)?.[epoch - 1]
  if (published === undefined) throw new ClientError('unknown_key', `The log has no epoch ${epoch} of the team ${teamId}.`)
  const opened = await openWith(
    opener.encryption,
    said.sealed,
    bindingOf({ enterprise, teamId, epoch }, published, granteeOf(opener.grantee)),
  )
  return { kind: 'team-key', enterprise, teamId, epoch, encryption: await importEncryptionKeyPair(opened, published) }
}

/** Opens grants that were made for the team. */
export function asTeam({ teamId, epoch, encryption }: TeamKey): GrantOpener {
  return { grantee: { kind: 'team', id: teamId, epoch, encryptionKey: encryption.public }, encryption }
}

function bindingOf({ enterprise, teamId, epoch }: Omit<TeamKey, 'kind' | 'encryption'>, teamKey: EncryptionKey, to: Grantee): Binding {
  return {
    label: 'team-key',
    enterprise,
    object: { type: 'team', id: teamId },
    owner: { type: 'enterprise', id: enterprise },
    wrappingKey: { id: to.kind === 'approvers' ? 'approvers' : to.id, epoch: 'epoch' in to ? to.epoch : 1 },
    part: 'key',
    version: epoch,
    beside: { teamKey, recipientKind: to.kind, recipientKey: to.encryptionKey },
  }
}
