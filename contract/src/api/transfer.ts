import { z } from 'zod'
import { SealedIdentity } from '../envelopes.ts'
import { EnterpriseLogId, FolderId, UserId } from '../ids.ts'
import { Epoch } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { wrapBy } from './recovery.ts'
import { route } from './route.ts'
import { FolderWay, Person } from './vault.ts'

/** Folders in one transfer: as many as one person owns. */
const MOST_FOLDERS = 1000

/**
 * What the recovery key opens of a user who left: locked, or deleted and retained. `folders` are those that the user owns,
 * in the bin or not, with the way to each key; `people` granted keys among them. For full administrators of the user's node
 * whom the log gives the right to recover. 409 for a user who is neither, or has no folders (any more).
 */
export const openVaultOfLeaver = route({
  method: 'POST',
  path: '/api/v1/users/:userId/vault/open',
  asker: 'fresh',
  input: z.strictObject({ userId: UserId }),
  answer: z.strictObject({
    userId: UserId,
    enterprise: EnterpriseLogId,
    email: z.string(),
    identity: SealedIdentity,
    wrap: wrapBy('recovery-key'),
    folders: z.array(z.strictObject({ folderId: FolderId, epoch: Epoch, way: FolderWay })),
    people: z.array(Person),
  }),
})

/**
 * Makes another person the owner of these folders: each grant is the newest key of one of them, for that person's own keys.
 * All of it or nothing; both are told. 409 where a folder is not the user's (any more), got another key, or the user is back.
 */
export const transferVault = route({
  method: 'POST',
  path: '/api/v1/users/:userId/vault/transfer',
  asker: 'fresh',
  input: z.strictObject({ userId: UserId, to: UserId, grants: z.array(SignedStatement).min(1).max(MOST_FOLDERS) }),
  answer: z.strictObject({ folders: z.number() }),
  bodyLimit: 4 * 1024 * 1024,
})
