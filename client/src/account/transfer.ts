import { openVaultOfLeaver, transferVault as transferRoute } from '@claviger/contract/api/transfer.ts'
import type { FolderWay, Person } from '@claviger/contract/api/vault.ts'
import { ContractError } from '@claviger/contract/errors.ts'
import type { FolderId, UserId } from '@claviger/contract/ids.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { call } from '../api/call.ts'
import { approverOf } from '../approvals/approver.ts'
import { verifiedGranter } from '../approvals/recipient.ts'
import { ClientError } from '../errors.ts'
import { type FolderKey, grantFolderKey, openFolderKey, openOwnFolderKey } from '../keys/folder-key.ts'
import { asGrantee, asGranter, granterOf } from '../keys/grants.ts'
import { certifiedUser } from '../keys/recipients.ts'
import { refreshLog } from '../log/follow.ts'
import type { OpenAccount } from './open-account.ts'
import { type OpenedUser, openByRecoveryKey } from './open-by-recovery-key.ts'

/** What became of a vault. */
export interface Transferred {
  readonly folders: number
  /** Folders whose key did not open, with the reason: they stay the leaver's. */
  readonly left: readonly { folderId: FolderId; why: string }[]
}

/**
 * Gives the folders of somebody who left, locked or deleted, to a certified person, who owns them from then on. For an
 * administrator who holds the recovery key. Both people are told. `at`: milliseconds.
 * @throws ClientError `uncertified`, `swapped_key`, `not_entitled`, `cannot_open` where nothing opens; ApiError `forbidden`,
 * `conflict` for a user who is still here, or whose vault was transferred already
 */
export async function transferVault(account: OpenAccount, from: UserId, to: UserId, at: number = Date.now()): Promise<Transferred> {
  const recipient = certifiedUser(await refreshLog(account), to)
  const { folders, people, ...sealed } = await call(account.connection, openVaultOfLeaver, { userId: from })
  const leaver = await openByRecoveryKey(account, { ...sealed, userId: from })
  const grants: SignedStatement[] = []
  const left: { folderId: FolderId; why: string }[] = []
  for (const folder of folders) {
    try {
      grants.push(await grantFolderKey(await folderKeyOf(account, leaver, folder, people), recipient, asGranter(account.identity), at))
    } catch (error) {
      if (!(error instanceof ClientError || error instanceof ContractError)) throw error
      left.push({ folderId: folder.folderId, why: error.message })
    }
  }
  if (grants.length === 0)
    throw new ClientError('cannot_open', `None of the ${left.length} folders opens: ${left[0]?.why ?? 'there are none'}`)
  await call(account.connection, transferRoute, { userId: from, to, grants })
  return { folders: grants.length, left }
}

/** The key of one of the leaver's folders: under their own root, or granted to them when somebody else made it. */
async function folderKeyOf(
  account: OpenAccount,
  { owner, root, identity }: OpenedUser,
  { folderId, epoch, way }: { folderId: FolderId; epoch: number; way: FolderWay },
  people: readonly Person[],
): Promise<FolderKey> {
  if (way.kind === 'own') return openOwnFolderKey(way.wrap, { folderId, epoch }, root, owner)
  const by = granterOf(way.grant)
  const offered = people.find(({ userId }) => userId === by.id)?.identity
  const granter = await verifiedGranter(approverOf(account), by, offered)
  return openFolderKey(owner.enterprise, way.grant, { folderId, epoch }, granter, asGrantee(identity))
}
