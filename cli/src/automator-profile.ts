import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { AutomatorProfile, AutomatorStore } from '@claviger/client/automator/profile.ts'
import { exportPrivateKey, importEncryptionKeyPair, importSigningKeyPair } from '@claviger/client/keys/key-pair.ts'
import { fromBase64url, toBase64url } from '@claviger/contract/bytes.ts'
import { AutomatorId, EnterpriseLogId } from '@claviger/contract/ids.ts'
import { PublicIdentity } from '@claviger/contract/public-keys.ts'
import { AppError } from '@claviger/server/errors.ts'
import { z } from 'zod'
import { readPrivateFile, replacePrivateFile } from './private-file.ts'
import { KeptFirstUse, KeptPin, longerPin, mergedFirstUse } from './profile.ts'

const FILE = 'automator.json'

/** The profile of an automator as its file has it. Holds its private keys and its token. */
const AutomatorFile = z.strictObject({
  version: z.literal(1),
  origin: z.string(),
  automatorId: AutomatorId,
  name: z.string(),
  enterprise: EnterpriseLogId,
  identity: PublicIdentity,
  signing: z.string(),
  encryption: z.string(),
  token: z.string(),
  pin: KeptPin.unwrap(),
  firstUse: KeptFirstUse,
  domains: z.array(z.string()),
})
type AutomatorFile = z.infer<typeof AutomatorFile>

/** The profile of an automator: `automator.json` in a folder that only its user may read. Several may run with one. */
export function fileAutomatorStore(folder: string): AutomatorStore {
  const path = join(resolve(folder), FILE)
  return {
    load: async () => {
      const file = readPrivateFile(path, AutomatorFile)
      return file === null ? null : profileOf(file)
    },
    save: async (profile) => {
      const next = await fileOf(profile)
      const { pin, firstUse } = await replacePrivateFile(path, AutomatorFile, (before) => merged(before, next))
      return { ...profile, pin, firstUse: new Map(firstUse) }
    },
  }
}

/** Whether there is an automator in the folder. */
export function hasAutomator(folder: string): boolean {
  return existsSync(join(resolve(folder), FILE))
}

async function fileOf({ signing, encryption, firstUse, domains, ...rest }: AutomatorProfile): Promise<AutomatorFile> {
  return {
    version: 1,
    ...rest,
    signing: toBase64url(await exportPrivateKey(signing)),
    encryption: toBase64url(await exportPrivateKey(encryption)),
    firstUse: [...firstUse],
    domains: [...domains],
  }
}

async function profileOf({ version: _, signing, encryption, firstUse, ...rest }: AutomatorFile): Promise<AutomatorProfile> {
  return {
    ...rest,
    signing: await importSigningKeyPair(fromBase64url(signing), rest.identity.signingKey),
    encryption: await importEncryptionKeyPair(fromBase64url(encryption), rest.identity.encryptionKey),
    firstUse: new Map(firstUse),
  }
}

function merged(before: AutomatorFile | null, next: AutomatorFile): AutomatorFile {
  if (before === null) return next
  if (before.automatorId !== next.automatorId) {
    throw new AppError('conflict', `This folder holds the keys of the automator ${before.name}: choose another one.`)
  }
  return {
    ...next,
    pin: longerPin(before.pin, next.pin) ?? next.pin,
    firstUse: mergedFirstUse(before.firstUse, next.firstUse),
  }
}
