import { changePassword } from '@claviger/client/account/password.ts'
import { recoverByCode } from '@claviger/client/account/recovery.ts'
import { renewRecoveryCode } from '@claviger/client/account/renew-recovery-code.ts'
import type { Command } from 'commander'
import { originOf } from './account.ts'
import { say, writeJson } from './output.ts'
import { addPersonOptions, deviceName, type PersonOptions } from './person.ts'
import { fileProfileStore } from './profile.ts'
import { addProofOptions, addTotpOption, answerWith, openProven, type ProofOptions, proveAgain } from './prove.ts'
import { readSecrets } from './secrets.ts'

interface ChangeOptions extends PersonOptions {
  passwordStdin?: boolean
  totp?: string
}

interface RecoverOptions extends PersonOptions {
  server: string
  email: string
  codeStdin?: boolean
  totp?: string
}

/** Adds `password change`, `recover` and `recovery-code renew`. */
export function addAccountChangeCommands(program: Command): void {
  const password = program.command('password').description('your password')
  addTotpOption(addPersonOptions(password.command('change')))
    .description('change your password: every other session ends')
    .option('--password-stdin', 'read the current password and the new one from standard input, one a line')
    .action(change)
  addTotpOption(addPersonOptions(program.command('recover')))
    .description('set a new password with your recovery code; all other devices are to sign in again')
    .requiredOption('--server <url>', 'the address of the server')
    .requiredOption('--email <address>', 'your e-mail address')
    .option('--code-stdin', 'read the recovery code and the new password from standard input, one a line')
    .action(recover)
  const recoveryCode = program.command('recovery-code').description('your recovery code')
  addProofOptions(recoveryCode.command('renew')).description('make a new one; the one before is void').action(renew)
}

async function change({ passwordStdin, ...options }: ChangeOptions) {
  const [current, next] = await readSecrets(passwordStdin, { what: 'current password' }, { what: 'new password', isChosen: true })
  const account = await proveAgain(options, current)
  await changePassword(account, next)
  const { email } = account.profile
  if (options.json) return writeJson({ email })
  await say(`The password of ${email} is changed. Every other session has ended.`)
}

async function recover({ server, email, codeStdin, totp, profile, json }: RecoverOptions) {
  const origin = originOf(server)
  const [code, password] = await readSecrets(codeStdin, { what: 'recovery code' }, { what: 'new password', isChosen: true })
  const { account, recoveryCode } = await recoverByCode({
    origin,
    email,
    recoveryCode: code,
    password,
    store: fileProfileStore(profile),
    deviceName: deviceName(),
    exportable: true,
    secondFactor: answerWith(totp),
  })
  const { userId } = account.profile
  if (json) return writeJson({ userId, email: account.profile.email, recoveryCode })
  await say(
    `The password of ${account.profile.email} is set anew, and this device signed in. All other devices are to sign in again.`,
    '',
    ...newCode(recoveryCode),
  )
}

async function renew(options: ProofOptions) {
  const account = await openProven(options)
  const recoveryCode = await renewRecoveryCode(account)
  if (options.json) return writeJson({ email: account.profile.email, recoveryCode })
  await say(...newCode(recoveryCode))
}

function newCode(recoveryCode: string): string[] {
  return [
    `Recovery code: ${recoveryCode}`,
    '',
    'The one before is void. Write this one down and keep it apart from this machine. It is shown this once.',
  ]
}
