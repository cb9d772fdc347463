import type { FolderWay, Person } from '@claviger/contract/api/vault.ts'
import { readGrant } from '@claviger/contract/grant.ts'
import type { UserId } from '@claviger/contract/ids.ts'
import type { PublicIdentity } from '@claviger/contract/public-keys.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import type { Approver } from '../approvals/approver.ts'
import type { Keyring } from '../approvals/keyring.ts'
import { verifiedGranter } from '../approvals/recipient.ts'
import { ClientError } from '../errors.ts'
import { type FolderKey, type FolderKeyWanted, openFolderKey, openOwnFolderKey } from '../keys/folder-key.ts'
import type { GrantOpener } from '../keys/grants.ts'
import { type FormerGranter, formerGranters, type VerifiedAutomator, type VerifiedUser } from '../keys/recipients.ts'
import type { RootOwner, UserRoot } from '../keys/root-owner.ts'
import { asTeam } from '../keys/team-key.ts'

/** A user's root and whose it is: what opens and makes the wraps of folders of their own. */
export interface Own {
  readonly root: UserRoot
  readonly owner: RootOwner
}

/** What folders' keys are opened with. `own` null: without the user's root, as an automator is. */
export interface FolderOpener {
  readonly approver: Approver
  readonly keyring: Keyring
  readonly own: Own | null
}

/** A folder's key, and whether it is from somebody whom the log still vouches for: if not, nothing is sealed under it. */
export interface OpenedKey {
  readonly key: FolderKey
  readonly isVouched: boolean
}

/**
 * A folder's key by the first of the ways that opens. `people` are those whom the server names as granters.
 * @throws ClientError `unknown_key` where the opener holds nothing that opens any of them, else the first way's refusal:
 * `bad_grant`, `cannot_open`, `uncertified`, `swapped_key`
 */
export async function openByWays(
  opener: FolderOpener,
  wanted: FolderKeyWanted,
  ways: readonly FolderWay[],
  people: readonly Person[],
): Promise<OpenedKey> {
  const offered = new Map(people.map(({ userId, identity }) => [userId, identity]))
  const refusals: unknown[] = []
  let unvouched: OpenedKey | null = null
  for (const way of ways) {
    try {
      const opened = await openByWay(opener, wanted, way, offered)
      if (opened?.isVouched) return opened
      unvouched ??= opened
    } catch (refusal) {
      refusals.push(refusal)
    }
  }
  if (unvouched !== null) return unvouched
  if (refusals.length > 0) throw refusals[0]
  throw new ClientError('unknown_key', `Nothing that you hold opens the folder ${wanted.folderId} yet.`)
}

/** Null where the opener does not hold what the way takes. */
async function openByWay(
  opener: FolderOpener,
  wanted: FolderKeyWanted,
  way: FolderWay,
  offered: ReadonlyMap<UserId, PublicIdentity>,
): Promise<OpenedKey | null> {
  const { approver, keyring, own } = opener
  if (way.kind === 'own') return own && { key: await openOwnFolderKey(way.wrap, wanted, own.root, own.owner), isVouched: true }
  if (way.kind === 'user') return openGrant(approver, wanted, way.grant, offered, approver.opener)
  const team = await keyring.teamKey(way.teamId, way.teamEpoch)
  return team && openGrant(approver, wanted, way.grant, offered, asTeam(team))
}

async function openGrant(
  approver: Approver,
  wanted: FolderKeyWanted,
  grant: SignedStatement,
  offered: ReadonlyMap<UserId, PublicIdentity>,
  opener: GrantOpener,
): Promise<OpenedKey> {
  const { by } = readGrant(grant)
  const { enterprise } = approver.state
  const open = (granter: VerifiedUser | VerifiedAutomator | FormerGranter) => openFolderKey(enterprise, grant, wanted, granter, opener)
  try {
    const granter = await verifiedGranter(approver, by, by.kind === 'user' ? offered.get(by.id) : undefined)
    return { key: await open(granter), isVouched: true }
  } catch (refusal) {
    for (const former of formerGranters(approver.state, by)) {
      const key = await open(former).catch(() => null)
      if (key !== null) return { key, isVouched: false }
    }
    throw refusal
  }
}
