import { devicesToRecover, recoverUser } from '@claviger/client/account/recover-user.ts'
import { transferVault } from '@claviger/client/account/transfer.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { areSameWords } from './compare-words.ts'
import { EXIT_FAILED } from './exit.ts'
import { say, Table, timeJson, timeText, writeJson } from './output.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'
import { addProofOptions, openProven, type ProofOptions } from './prove.ts'

interface TransferOptions extends ProofOptions {
  from: string
  to: string
}

/** Adds `recover-user` and `transfer`, for administrators who hold the recovery key. */
export function addRecoverUserCommands(program: Command): void {
  const recovery = program.command('recover-user').description('let people back in who lost every way in, with the recovery key')
  addPersonOptions(recovery.command('list', { isDefault: true }))
    .description('the new devices that wait in your nodes')
    .action(list)
  addProofOptions(recovery.command('approve'))
    .description('let a device into the account of its user, who is told of it')
    .argument('<request>', 'the id of the request, as `recover-user list` shows it')
    .option('--words <words>', 'the six words that the new device shows, as the person read them to you')
    .action(approve)
  addProofOptions(program.command('transfer'))
    .description('give the folders of somebody who left to another person')
    .requiredOption('--from <user>', 'the address or id of who left: locked, or deleted')
    .requiredOption('--to <user>', 'the address or id of who gets them')
    .action(transfer)
}

async function list(options: PersonOptions) {
  const requests = await devicesToRecover(await openPerson(options))
  if (options.json) {
    return writeJson(
      requests.map(({ requestId, userId, email, deviceName, createdAt, expiresAt, recoverable }) => ({
        id: requestId,
        userId,
        email,
        device: deviceName,
        createdAt: timeJson(createdAt),
        expiresAt: timeJson(expiresAt),
        recoverable,
      })),
    )
  }
  const table = new Table('REQUEST', 'WHO', 'DEVICE', 'UNTIL')
  await table.write(
    requests.map(({ requestId, email, deviceName, expiresAt, recoverable }) => ({
      cells: [requestId, email, deviceName, timeText(expiresAt)],
      notes: recoverable ? [] : ['cannot be let in: this vault was never kept for the recovery key'],
    })),
  )
  await table.end('No device waits. The person begins with: claviger device request, or the sign-in page of a new browser.')
}

async function approve(requestId: string, { words: given, ...options }: ProofOptions & { words?: string }) {
  const account = await openProven(options)
  const request = (await devicesToRecover(account)).find((waiting) => waiting.requestId === requestId)
  if (!request) throw new AppError('not_found', `Nothing waits under ${requestId}: \`claviger recover-user\` lists what waits.`)
  const { email, deviceName, device } = request
  await recoverUser(account, request, (words) => areSameWords(deviceName, words, given))
  if (options.json) return writeJson({ requestId, email, deviceId: device.id })
  await say(`"${deviceName}" is let into the account of ${email}, who is told of it.`)
}

async function transfer({ from, to, ...options }: TransferOptions) {
  const account = await openProven(options)
  const [leaver, recipient] = [certifiedNamed(account.state, from), certifiedNamed(account.state, to)]
  const { folders, left } = await transferVault(account, leaver.userId, recipient.userId)
  if (left.length > 0) process.exitCode = EXIT_FAILED
  if (options.json) return writeJson({ from: leaver, to: recipient, folders, left })
  await say(`${recipient.email} has ${folders === 1 ? 'the folder' : `${folders} folders`} of ${leaver.email}. Both are told.`)
  await say(...left.map(({ folderId, why }) => `The folder ${folderId} was not given: ${why}`))
}

/**
 * Whose keys the log certifies under this address or id. The server is not asked: it could name another person.
 * @throws AppError `not_found`, `invalid_value` where several have had the address
 */
function certifiedNamed({ certificates }: LogState, text: string) {
  const wanted = text.trim().toLowerCase()
  const found = [...certificates.values()].filter(({ userId, email }) => userId === wanted || email.toLowerCase() === wanted)
  const [person] = found
  if (!person)
    throw new AppError('not_found', `Nobody verified has the address ${text}. Where it was changed since, give the old one or the id.`)
  if (found.length > 1) {
    const ids = found.map(({ userId }) => userId).join(' or ')
    throw new AppError('invalid_value', `${text} was the address of ${found.length} people: give an id, ${ids}.`)
  }
  return { userId: person.userId, email: person.email }
}
