import { listDueFolders, type RotatedRecordKey, readRotation, rotateFolder } from '@claviger/contract/api/vault.ts'
import { ContractError } from '@claviger/contract/errors.ts'
import type { FolderId } from '@claviger/contract/ids.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { ApiError, call } from '../api/call.ts'
import type { Approver } from '../approvals/approver.ts'
import type { Keyring } from '../approvals/keyring.ts'
import { verifiedRecipient } from '../approvals/recipient.ts'
import { ClientError } from '../errors.ts'
import { inBatches } from '../in-batches.ts'
import { type FolderKey, grantFolderKey, makeFolderKey, wrapOwnFolderKey } from '../keys/folder-key.ts'
import { openFolderName, sealFolderName } from '../keys/folder-name.ts'
import { currentTeamKey } from '../keys/recipients.ts'
import { rewrapRecordKey } from '../keys/record-key.ts'
import { type FolderOpener, type Own, openByWays } from './open-folder.ts'

/** Times that a rotation is begun anew because the folder changed meanwhile. */
const ATTEMPTS = 5

/** A folder that kept its key, and why: others may be able to renew it. */
export interface SkippedFolder {
  readonly folderId: FolderId
  readonly why: string
}

/** What became of the folders that waited for a key. */
export interface RotatedFolders {
  readonly rotated: readonly FolderId[]
  readonly skipped: readonly SkippedFolder[]
}

type Rotation = Awaited<ReturnType<typeof read>>

/**
 * Gives the next key to every folder that waits for one and whose key the approver can open: through their own access, or
 * through a team's key in `keyring`. To be called after teams were rotated. @returns how many folders have a new key
 */
export async function rotateDueFolders(approver: Approver, keyring: Keyring, own: Own | null = null): Promise<number> {
  return (await rotateFolders({ approver, keyring, own })).rotated.length
}

/** The same, with what was skipped. Folders that the opener alone can renew take its root (`own`). */
export async function rotateFolders(opener: FolderOpener): Promise<RotatedFolders> {
  const rotated: FolderId[] = []
  const skipped: SkippedFolder[] = []
  for (let after: FolderId | undefined; ; ) {
    const { folders } = await call(opener.approver.connection, listDueFolders, { after })
    for (const folderId of folders) {
      const why = await tryToRotate(opener, folderId)
      if (why === null) rotated.push(folderId)
      else skipped.push({ folderId, why })
    }
    after = folders.at(-1)
    if (after === undefined) return { rotated, skipped }
  }
}

/** Null where it has a new key; else why not. One folder that cannot be renewed holds up no other. */
async function tryToRotate(opener: FolderOpener, folderId: FolderId): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rotateOne(opener, folderId)
      return null
    } catch (refusal) {
      const passing = refusal instanceof ApiError && refusal.code === 'conflict'
      if (passing && attempt < ATTEMPTS) continue
      if (passing || refusal instanceof ContractError) return refusal.message
      if (refusal instanceof ApiError && (refusal.code === 'not_found' || refusal.code === 'invalid_value')) return refusal.message
      if (refusal instanceof ClientError && refusal.code !== 'unreachable') return refusal.message
      throw refusal
    }
  }
}

/** Gives one folder its next key. @throws ApiError `conflict` where it changed meanwhile; what opening and granting throw */
export async function rotateOne(opener: FolderOpener, folderId: FolderId): Promise<void> {
  const { approver } = opener
  const rotation = await read(approver, folderId)
  const { key: before } = await openByWays(opener, { folderId, epoch: rotation.epoch }, rotation.ways, rotation.granters)
  const after = await makeFolderKey(before.enterprise, { folderId, epoch: before.epoch + 1 })
  const name = await openFolderName(rotation.name, before)
  await call(approver.connection, rotateFolder, {
    folder: folderId,
    revision: rotation.revision,
    name: await sealFolderName(name, rotation.name.version, after),
    owner: await giveOwner(opener, rotation, after),
    grants: await giveOthers(approver, rotation, after),
    recordKeys: await inBatches(rotation.recordKeys, (key) => rewrap(key, before, after)),
  })
}

/** With the newest log: certificates and teams' keys count as they are now, not as they were when this device last looked. */
async function read(approver: Approver, folderId: FolderId) {
  const rotation = await call(approver.connection, readRotation, { folder: folderId })
  await approver.refresh()
  return rotation
}

async function giveOwner({ approver, own }: FolderOpener, { owner }: Rotation, key: FolderKey) {
  if (own !== null && own.owner.userId === owner.userId) return wrapOwnFolderKey(key, own.root, own.owner)
  return givePerson(approver, owner, key)
}

async function giveOthers(approver: Approver, { people, teams }: Rotation, key: FolderKey): Promise<SignedStatement[]> {
  const toPeople = await inBatches(people, (person) => givePerson(approver, person, key))
  const toTeams = await inBatches(teams, ({ teamId }) =>
    grantFolderKey(key, currentTeamKey(approver.state, teamId), approver.granter, Date.now()),
  )
  return [...toPeople, ...toTeams]
}

async function givePerson(approver: Approver, { userId, identity }: Rotation['owner'], key: FolderKey): Promise<SignedStatement> {
  return grantFolderKey(key, await verifiedRecipient(approver, userId, identity), approver.granter, Date.now())
}

/** A record whose key does not open is broken for everybody; it stays so, and holds up no rotation. */
async function rewrap(key: RotatedRecordKey, from: FolderKey, to: FolderKey): Promise<RotatedRecordKey> {
  const { recordId, epoch } = key
  const wrap = { suite: SUITE, ...key, folderId: from.folderId, folderEpoch: from.epoch } as const
  try {
    const { sealed } = await rewrapRecordKey(wrap, { recordId, epoch }, from, to)
    return { recordId, epoch, sealed }
  } catch (refusal) {
    if (refusal instanceof ClientError && refusal.code === 'cannot_open') return key
    throw refusal
  }
}
