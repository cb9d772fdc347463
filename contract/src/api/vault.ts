import { z } from 'zod'
import { OwnFolderKey, SealedRecordKey } from '../envelopes.ts'
import { SealedFolderName } from '../folder-name.ts'
import { FolderId, RecordId, TeamId, UserId } from '../ids.ts'
import { PublicIdentity } from '../public-keys.ts'
import { AesSealed } from '../sealed.ts'
import { Epoch, Millis, wholeFrom } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { route } from './route.ts'
import { Done } from './sessions.ts'

/** What somebody may do in a folder that was shared with them. */
export const FolderRole = z.enum(['view', 'edit', 'manage'])
export type FolderRole = z.infer<typeof FolderRole>
/** The owner may do everything, and what nobody else may: bin the folder. */
export const EffectiveRole = z.enum([...FolderRole.options, 'owner'])
export type EffectiveRole = z.infer<typeof EffectiveRole>

/** With whom a folder is shared. */
export const FolderGrantee = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), id: UserId }),
  z.strictObject({ kind: z.literal('team'), id: TeamId }),
])
export type FolderGrantee = z.infer<typeof FolderGrantee>

/** A folder's key for one who opens it: under the owner's own root, or granted. */
export const FolderKeyWrap = z.union([OwnFolderKey, SignedStatement])
export type FolderKeyWrap = z.infer<typeof FolderKeyWrap>

/** A way to the folder's newest key that the caller may take. `teamEpoch`: of the team key that opens it. */
export const FolderWay = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('own'), wrap: OwnFolderKey }),
  z.strictObject({ kind: z.literal('user'), grant: SignedStatement }),
  z.strictObject({ kind: z.literal('team'), teamId: TeamId, teamEpoch: Epoch, grant: SignedStatement }),
])
export type FolderWay = z.infer<typeof FolderWay>

/** A person as the server names them. Their keys are to be held against the enterprise log. */
export const Person = z.strictObject({ userId: UserId, email: z.string(), identity: PublicIdentity })
export type Person = z.infer<typeof Person>

export const VaultFolder = z.strictObject({
  folderId: FolderId,
  ownerId: UserId,
  name: SealedFolderName,
  /** Of the folder's key. */
  epoch: Epoch,
  revision: wholeFrom(1),
  role: EffectiveRole,
  /** How many people and teams it is shared with, the owner not counted. */
  sharedWith: wholeFrom(0),
  /** Somebody who holds the key lost access: the next client that may gives the folder another. */
  rotationDue: z.boolean(),
  /** In the owner's bin since, else null. */
  binnedAt: Millis.nullable(),
  ways: z.array(FolderWay),
})
export type VaultFolder = z.infer<typeof VaultFolder>

/** The folders that the caller can open, and the people who granted their keys. */
export const getVault = route({
  method: 'GET',
  path: '/api/v1/vault',
  asker: 'user',
  input: z.object({}),
  answer: z.strictObject({ folders: z.array(VaultFolder), people: z.array(Person) }),
})

const Revised = z.strictObject({ revision: wholeFrom(1) })

/** Makes a folder of the caller's own. */
export const addFolder = route({
  method: 'POST',
  path: '/api/v1/folders',
  asker: 'user',
  input: z.strictObject({ name: SealedFolderName, key: OwnFolderKey }),
  answer: Revised,
})

/** Renames a folder: `name` has the version after the present one, else 412. Needs the role `manage`. */
export const renameFolder = route({
  method: 'PUT',
  path: '/api/v1/folders/:folder/name',
  asker: 'user',
  input: z.strictObject({ folder: FolderId, name: SealedFolderName }),
  answer: Revised,
})

/** Puts a folder into the owner's bin (nobody else reads it then), out of it again, or removes it for good, from the bin only. */
export const binFolder = route({
  method: 'POST',
  path: '/api/v1/folders/:folder/bin',
  asker: 'user',
  input: z.strictObject({ folder: FolderId, act: z.enum(['bin', 'restore', 'purge']) }),
  answer: Done,
})

export const AccessShown = z.strictObject({
  kind: z.enum(['owner', 'user', 'team']),
  id: z.string(),
  /** The e-mail address, or the team's name. */
  name: z.string(),
  role: EffectiveRole,
})
export type AccessShown = z.infer<typeof AccessShown>

/** Who can open a folder, to everybody who can. */
export const listAccess = route({
  method: 'GET',
  path: '/api/v1/folders/:folder/access',
  asker: 'user',
  input: z.object({ folder: FolderId }),
  answer: z.strictObject({ access: z.array(AccessShown) }),
})

/** Shares a folder with whom the grant of its newest key names, or gives them another role. Needs the role `manage`. */
export const shareFolder = route({
  method: 'POST',
  path: '/api/v1/folders/:folder/access',
  asker: 'user',
  input: z.strictObject({ folder: FolderId, role: FolderRole, grant: SignedStatement }),
  answer: Revised,
})

/** Takes a person or team off a folder, at once. Needs the role `manage`; everybody may take themselves off. */
export const unshareFolder = route({
  method: 'POST',
  path: '/api/v1/folders/:folder/access/remove',
  asker: 'user',
  input: z.strictObject({ folder: FolderId, grantee: FolderGrantee }),
  answer: Revised,
})

/** People (by the beginning of the address) and active teams (of the name) that a folder can be shared with; at most 20 of each. */
export const findRecipients = route({
  method: 'GET',
  path: '/api/v1/recipients',
  asker: 'user',
  input: z.object({ text: z.string().min(2).max(254) }),
  answer: z.strictObject({ people: z.array(Person), teams: z.array(z.strictObject({ teamId: TeamId, name: z.string() })) }),
})

/** Folders that wait for their next key and that the caller may give one: the first 100, in the order of ids, behind `after`. */
export const listDueFolders = route({
  method: 'GET',
  path: '/api/v1/folders/due',
  asker: 'approver',
  input: z.object({ after: FolderId.optional() }),
  answer: z.strictObject({ folders: z.array(FolderId) }),
})

/** A record's key in a rotation; which folder and epoch it is under, the rotation says. */
export const RotatedRecordKey = SealedRecordKey.pick({ recordId: true, epoch: true, sealed: true })
export type RotatedRecordKey = z.infer<typeof RotatedRecordKey>

/** Everything that the next key of a folder is to be given to, as of `revision`. */
export const readRotation = route({
  method: 'GET',
  path: '/api/v1/folders/:folder/rotation',
  asker: 'approver',
  input: z.object({ folder: FolderId }),
  answer: z.strictObject({
    revision: wholeFrom(1),
    epoch: Epoch,
    name: SealedFolderName,
    owner: Person,
    /** Ways to the present key: the caller's own, and those of teams whose key the caller can open. */
    ways: z.array(FolderWay),
    people: z.array(Person),
    teams: z.array(z.strictObject({ teamId: TeamId, epoch: Epoch })),
    /** Who granted the ways. */
    granters: z.array(Person),
    recordKeys: z.array(RotatedRecordKey),
  }),
})

/** Record keys of one folder, at the most. */
export const MOST_RECORD_KEYS = 60_000
/** Enough for so many record keys and the grants. */
const ROTATION_LIMIT = 16 * 1024 * 1024

/**
 * Gives a folder its next key: all of it, or 409 where anything in the folder changed since `revision`. `name` is the same
 * name under it; `owner` and `grants` give it to the owner and to each present grantee; `recordKeys` are all of the folder's.
 */
export const rotateFolder = route({
  method: 'POST',
  path: '/api/v1/folders/:folder/rotate',
  asker: 'approver',
  input: z.strictObject({
    folder: FolderId,
    revision: wholeFrom(1),
    name: SealedFolderName,
    owner: FolderKeyWrap,
    grants: z.array(SignedStatement).max(1000),
    recordKeys: z.array(RotatedRecordKey).max(MOST_RECORD_KEYS),
  }),
  answer: Revised,
  bodyLimit: ROTATION_LIMIT,
})

/** A record's id, and the folder's revision at which it left the folder. */
export const GoneRecord = z.strictObject({ recordId: RecordId, revision: wholeFrom(1) })
export type GoneRecord = z.infer<typeof GoneRecord>

/** A key of a record without what the place says that it stands in. */
export const HeadKey = z.strictObject({ folderEpoch: Epoch, sealed: AesSealed })
