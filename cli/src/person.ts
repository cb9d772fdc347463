import { hostname } from 'node:os'
import { openAccount } from '@claviger/client/account/open.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { ClientError } from '@claviger/client/errors.ts'
import type { Command } from 'commander'
import { fileProfileStore, hasProfile } from './profile.ts'

/** What every command that a person runs as themselves is given. */
export interface PersonOptions {
  profile: string
  json?: boolean
}

/** The options of a command that acts as a person, with the keys in their profile. */
export function addPersonOptions(command: Command): Command {
  return command
    .requiredOption('--profile <dir>', 'the folder with the keys of this device and the session')
    .option('--json', 'write the result as JSON')
}

/** Opens the vault of the person whose profile this is. @throws ClientError `signed_out` where there is none */
export async function openPerson({ profile }: PersonOptions): Promise<OpenAccount> {
  if (!hasProfile(profile)) throw new ClientError('signed_out', `There is no profile in ${profile}: sign in first.`)
  return openAccount(fileProfileStore(profile))
}

/** How this device is named in the list of devices. */
export function deviceName(): string {
  return `claviger on ${hostname()}`
}
