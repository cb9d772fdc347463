import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { type AskedFactors, type FactorAnswer, signIn } from '@claviger/client/account/sign-in.ts'
import { call } from '@claviger/client/api/call.ts'
import { ClientError } from '@claviger/client/errors.ts'
import { signOut as signOutRoute } from '@claviger/contract/api/accounts.ts'
import type { Command } from 'commander'
import { readSecret } from './password.ts'
import { addPersonOptions, deviceName, openPerson, type PersonOptions } from './person.ts'
import { fileProfileStore } from './profile.ts'

/** What a command is given that needs a fresh proof of who the person is. */
export interface ProofOptions extends PersonOptions {
  passwordStdin?: boolean
  totp?: string
}

/** The options of a command that may need the password once more, though the profile is signed in. */
export function addProofOptions(command: Command): Command {
  return addTotpOption(addPersonOptions(command)).option(
    '--password-stdin',
    'sign in anew, with the password from standard input: needed where the last sign-in is more than five minutes old',
  )
}

export function addTotpOption(command: Command): Command {
  return command.option('--totp <code>', 'the code of your authenticator, where you have set one up')
}

/** Opens the account; with `--password-stdin` the person proves first who they are. @throws as `openPerson`, `proveAgain` */
export async function openProven(options: ProofOptions): Promise<OpenAccount> {
  if (!options.passwordStdin) return openPerson(options)
  return proveAgain(options, await readSecret(true, 'password'))
}

/** Signs in once more on the same device, which takes the place of the session before. @throws ClientError as `signIn` */
export async function proveAgain({ profile, totp }: ProofOptions, password: string): Promise<OpenAccount> {
  const store = fileProfileStore(profile)
  const known = await store.load()
  if (known === null) throw new ClientError('signed_out', `There is no profile in ${profile}: sign in first.`)
  const { origin, email, token } = known
  const account = await signIn({
    origin,
    email,
    password,
    store,
    deviceName: deviceName(),
    exportable: true,
    secondFactor: answerWith(totp),
  })
  if (token !== null && token !== account.profile.token) await call({ origin, token }, signOutRoute, {}).catch(() => {})
  return account
}

/** Answers for the second factor with a code that was given, or else typed. The command line shows no passkey. */
export function answerWith(totp: string | undefined): (asked: AskedFactors) => Promise<FactorAnswer> {
  return async ({ factors }) => {
    if (!factors.includes('totp')) {
      const how = 'let this device in from another one (claviger device request), or sign in with a browser'
      throw new ClientError('second_factor', `The second factor of this account is a passkey, which the command line cannot show: ${how}.`)
    }
    if (totp !== undefined) return { totp: totp.replaceAll(/\s/g, '') }
    if (process.stdin.isTTY) return { totp: (await readSecret(false, 'code of your authenticator')).replaceAll(/\s/g, '') }
    throw new ClientError('second_factor', 'This account has a second factor: give its code with --totp.')
  }
}
