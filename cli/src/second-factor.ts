import { confirmTotp, removeSecondFactor, secondFactors, startTotp } from '@claviger/client/account/second-factors.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { say, Table, timeJson, timeText, writeJson } from './output.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'
import { addProofOptions, openProven, type ProofOptions } from './prove.ts'

/** Adds `second-factor` and what a person can do with theirs. */
export function addSecondFactorCommands(program: Command): void {
  const factor = program.command('second-factor').description('what your sign-in asks for beside the password')
  addPersonOptions(factor.command('list', { isDefault: true }))
    .description('list your second factors')
    .action(list)
  addProofOptions(factor.command('add-totp'))
    .description('begin to set up an authenticator app; its first code ends it')
    .option('--name <name>', 'what it is to be called', 'authenticator')
    .action(addTotp)
  addPersonOptions(factor.command('confirm'))
    .description('end the set-up with the first code of the app')
    .argument('<factor>', 'its id, as `add-totp` shows it')
    .requiredOption('--totp <code>', 'the code that the app shows')
    .action(confirm)
  addProofOptions(factor.command('remove')).description('take a second factor away').argument('<factor>', 'its id').action(remove)
}

async function list(options: PersonOptions) {
  const factors = await secondFactors(await openPerson(options))
  if (options.json) {
    return writeJson(
      factors.map(({ factorId, kind, name, createdAt, usedAt }) => ({
        id: factorId,
        kind,
        name,
        createdAt: timeJson(createdAt),
        usedAt: timeJson(usedAt),
      })),
    )
  }
  const table = new Table('ID', 'KIND', 'NAME', 'LAST USED')
  await table.write(factors.map(({ factorId, kind, name, usedAt }) => ({ cells: [factorId, kind, name, usedAt && timeText(usedAt)] })))
  await table.end('You have no second factor: your password alone signs you in.')
}

async function addTotp({ name, ...options }: ProofOptions & { name: string }) {
  const begun = await startTotp(await openProven(options), name)
  if (options.json) return writeJson({ id: begun.factorId, secret: begun.secret, uri: begun.uri })
  await say(
    `Secret: ${begun.secret}`,
    `URI:    ${begun.uri}`,
    '',
    'Give one of the two to the app now: they are shown this once. Then, within five minutes, end it with the code that the app shows:',
    `claviger second-factor confirm ${begun.factorId} --totp CODE --profile ${options.profile}`,
  )
}

async function confirm(factorId: string, { totp, ...options }: PersonOptions & { totp: string }) {
  if (!/^[\d\s]+$/.test(totp)) throw new AppError('invalid_value', 'The code of an authenticator has digits only: six of them.')
  await confirmTotp(await openPerson(options), factorId, totp)
  if (options.json) return writeJson({ id: factorId })
  await say('From now on your sign-in asks for a code of this app.')
}

async function remove(factorId: string, options: ProofOptions) {
  await removeSecondFactor(await openProven(options), factorId)
  if (options.json) return writeJson({ id: factorId })
  await say('The second factor is removed.')
}
