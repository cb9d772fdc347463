import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { register } from '@claviger/client/account/register.ts'
import { setUp } from '@claviger/client/account/set-up.ts'
import { signIn } from '@claviger/client/account/sign-in.ts'
import { signOut } from '@claviger/client/account/sign-out.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { say, writeJson } from './output.ts'
import { chooseSecret, readSecret } from './password.ts'
import { addPersonOptions, deviceName, openPerson, type PersonOptions } from './person.ts'
import { fileProfileStore, hasProfile } from './profile.ts'
import { answerWith } from './prove.ts'

interface PasswordOptions extends PersonOptions {
  passwordStdin?: boolean
}

/** Adds `setup`, `register`, `sign-in` and `sign-out`. */
export function addAccountCommands(program: Command): void {
  addPasswordOptions(program.command('setup'))
    .description('accept the set-up link: make the account of the first administrator')
    .requiredOption('--url <url>', 'the set-up link, as `claviger init` prints it')
    .action((options: PasswordOptions & { url: string }) => accept(options, options.url, 'setup'))
  addPasswordOptions(program.command('register'))
    .description('accept an invitation: make your account')
    .requiredOption('--invitation <url>', 'the link of the invitation')
    .action((options: PasswordOptions & { invitation: string }) => accept(options, options.invitation, 'invite'))
  addPasswordOptions(program.command('sign-in'))
    .description('sign in on this device')
    .requiredOption('--server <url>', 'the address of the server')
    .requiredOption('--email <address>', 'your e-mail address')
    .option('--totp <code>', 'the code of your authenticator, where you have set one up')
    .action(start)
  addPersonOptions(program.command('sign-out')).description('end the session; the keys of this device stay').action(end)
}

function addPasswordOptions(command: Command): Command {
  return addPersonOptions(command).option('--password-stdin', 'read the password from standard input, one line')
}

async function accept({ profile, passwordStdin, json }: PasswordOptions, link: string, page: 'setup' | 'invite') {
  const { origin, token } = readLink(link, page)
  if (hasProfile(profile))
    throw new AppError('conflict', `${profile} holds the keys of an account already: choose another --profile folder.`)
  const password = await chooseSecret(passwordStdin, 'password')
  const make = page === 'setup' ? setUp : register
  const made = await make({ origin, token, password, store: fileProfileStore(profile), deviceName: deviceName(), exportable: true })
  const { userId, email } = made.account.profile
  if (json) return writeJson({ userId, email, recoveryCode: made.recoveryCode })
  await say(
    page === 'setup' ? `The enterprise is set up, and ${email} is its first administrator.` : `The account of ${email} is made.`,
    '',
    `Recovery code: ${made.recoveryCode}`,
    '',
    'Write it down and keep it apart from this machine. It is shown this once, and opens your vault if you forget your password.',
  )
}

async function start({
  server,
  email,
  totp,
  profile,
  passwordStdin,
  json,
}: PasswordOptions & { server: string; email: string; totp?: string }) {
  const origin = originOf(server)
  const password = await readSecret(passwordStdin, 'password')
  const account = await signIn({
    origin,
    email,
    password,
    store: fileProfileStore(profile),
    deviceName: deviceName(),
    exportable: true,
    secondFactor: answerWith(totp),
  })
  await tell(account, json)
}

async function tell({ profile: { userId, email } }: OpenAccount, json: boolean | undefined) {
  if (json) return writeJson({ userId, email })
  await say(`Signed in as ${email}.`)
}

async function end(options: PersonOptions) {
  const account = await openPerson(options)
  await signOut(account)
  if (options.json) return writeJson({ email: account.profile.email })
  await say(`Signed out. The keys of this device stay in ${options.profile}, so that you can sign in again.`)
}

/** Origin and token of a link that this product printed or mailed. @throws AppError `invalid_value` */
function readLink(link: string, page: 'setup' | 'invite'): { origin: string; token: string } {
  const url = URL.canParse(link) ? new URL(link) : null
  if (url?.pathname !== `/${page}` || url.hash.length < 2) {
    throw new AppError(
      'invalid_value',
      `This is not ${page === 'setup' ? 'a set-up link' : 'an invitation'}: give the whole link, with what follows #.`,
    )
  }
  return { origin: url.origin, token: url.hash.slice(1) }
}

/** Scheme, host and port of a server's address. @throws AppError `invalid_value` */
export function originOf(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : null
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin
  throw new AppError('invalid_value', `${server} is no address of a server: give it as https://vault.example.com`)
}
