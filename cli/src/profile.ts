import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Profile, ProfileStore } from '@claviger/client/account/profile.ts'
import { exportDevice, importDevice } from '@claviger/client/keys/device.ts'
import { fromBase64url, toBase64url } from '@claviger/contract/bytes.ts'
import { DeviceId, EnterpriseLogId, EntryHash, UserId } from '@claviger/contract/ids.ts'
import { PublicIdentity } from '@claviger/contract/public-keys.ts'
import { AppError } from '@claviger/server/errors.ts'
import { z } from 'zod'
import { readPrivateFile, replacePrivateFile } from './private-file.ts'

const FILE = 'profile.json'

/** Where a device stands in the log, as files have it. */
export const KeptPin = z.strictObject({ enterprise: EnterpriseLogId, length: z.int().min(1), head: EntryHash }).nullable()
export type KeptPin = z.infer<typeof KeptPin>
export const KeptFirstUse = z.array(z.tuple([UserId, PublicIdentity]))
export type KeptFirstUse = z.infer<typeof KeptFirstUse>

/** The profile as its file has it. Holds private keys and the session's token. */
const ProfileFile = z.strictObject({
  version: z.literal(1),
  origin: z.string(),
  email: z.string(),
  userId: UserId,
  enterprise: EnterpriseLogId,
  identity: PublicIdentity,
  serverPublicKey: z.string().nullable(),
  device: z.strictObject({ id: DeviceId, public: PublicIdentity, signing: z.string(), encryption: z.string() }),
  token: z.string().nullable(),
  pin: KeptPin,
  seen: z.array(z.tuple([z.string(), z.int()])),
  firstUse: KeptFirstUse,
})
type ProfileFile = z.infer<typeof ProfileFile>

/**
 * The profile of a person on this machine: `profile.json` in a folder that only its user may read. Commands may run
 * beside each other: what a device has seen only ever grows, and who changed nothing of the session leaves it as it is.
 */
export function fileProfileStore(folder: string): ProfileStore {
  const path = join(resolve(folder), FILE)
  let known: ProfileFile | null = null
  return {
    load: async () => {
      known = readPrivateFile(path, ProfileFile)
      return known === null ? null : profileOf(known)
    },
    save: async (profile) => {
      const next = await fileOf(profile)
      await replacePrivateFile(path, ProfileFile, (before) => merged(before, known, next))
      known = next
    },
  }
}

/** Whether there is a profile in the folder. */
export function hasProfile(folder: string): boolean {
  return existsSync(join(resolve(folder), FILE))
}

/** The longer log of two that were verified. */
export function longerPin(a: KeptPin, b: KeptPin): KeptPin {
  return (a?.length ?? 0) > (b?.length ?? 0) ? a : b
}

/** Keys that were taken for somebody's first stay: the next ones are refused. */
export function mergedFirstUse(before: KeptFirstUse, next: KeptFirstUse): KeptFirstUse {
  return [...new Map([...next, ...before])]
}

async function fileOf(profile: Profile): Promise<ProfileFile> {
  const { device, seen, firstUse, ...rest } = profile
  const exported = await exportDevice(device)
  return {
    version: 1,
    ...rest,
    device: { ...exported, signing: toBase64url(exported.signing), encryption: toBase64url(exported.encryption) },
    seen: [...seen],
    firstUse: [...firstUse],
  }
}

async function profileOf({ version: _, device, seen, firstUse, ...rest }: ProfileFile): Promise<Profile> {
  const kept = { ...device, signing: fromBase64url(device.signing), encryption: fromBase64url(device.encryption) }
  return { ...rest, device: await importDevice(kept), seen: new Map(seen), firstUse: new Map(firstUse) }
}

/** What another command saved meanwhile about the same account is not lost. `known` is what this one read, or saved last. */
function merged(before: ProfileFile | null, known: ProfileFile | null, next: ProfileFile): ProfileFile {
  if (before === null) return next
  if (before.userId !== next.userId || before.enterprise !== next.enterprise) {
    throw new AppError('conflict', `This folder holds the keys of ${before.email}: choose another --profile folder.`)
  }
  const seen = new Map(before.seen)
  for (const [name, version] of next.seen) seen.set(name, Math.max(version, seen.get(name) ?? 0))
  const isNewSession = next.token !== known?.token && (next.token !== null || before.token === known?.token)
  const isSessionMine = known === null || isNewSession || before.token === known.token
  const { token, email, device } = isSessionMine ? next : before
  return {
    ...next,
    token,
    email,
    device,
    pin: longerPin(before.pin, next.pin),
    seen: [...seen],
    firstUse: mergedFirstUse(before.firstUse, next.firstUse),
  }
}
