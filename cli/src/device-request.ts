import { setTimeout as sleep } from 'node:timers/promises'
import { askIn, pollAskedIn, type Waiting } from '@claviger/client/account/admission.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { ApiError } from '@claviger/client/api/call.ts'
import { ClientError } from '@claviger/client/errors.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { originOf } from './account.ts'
import { printable, say, timeText, writeJson } from './output.ts'
import { addPersonOptions, deviceName, type PersonOptions } from './person.ts'
import { fileProfileStore } from './profile.ts'

const POLL_MILLIS = 2000

interface RequestOptions extends PersonOptions {
  server: string
  email: string
  name?: string
}

/** Adds `device request`. */
export function addDeviceRequestCommand(program: Command): void {
  const device = program.command('device').description('this device')
  addPersonOptions(device.command('request'))
    .description('ask that this device be let into your account, without a password, and wait for it')
    .requiredOption('--server <url>', 'the address of the server')
    .requiredOption('--email <address>', 'your e-mail address')
    .option('--name <name>', 'what the device is to be called')
    .action(request)
}

async function request({ server, email, name = deviceName(), profile, json }: RequestOptions) {
  const origin = originOf(server)
  const waiting = await askIn({ origin, email, store: fileProfileStore(profile), deviceName: name, exportable: true })
  tellWords(waiting)
  const { profile: opened } = await letInTo(waiting)
  if (json) return writeJson({ userId: opened.userId, email: opened.email, deviceId: opened.device.id })
  await say(`This device was let in. Signed in as ${opened.email}.`)
}

/** On standard error, where they are seen at once though standard output is a file, and is JSON. */
function tellWords({ words, expiresAt }: Waiting) {
  const lines = [
    `Safety words: ${words.join(' ')}`,
    'Let this device in on one that you use already (claviger devices, or the Web Vault), or ask an administrator,',
    `but only if the same words are shown there. It waits until ${timeText(expiresAt)}.`,
  ]
  process.stderr.write(lines.map((line) => `${printable(line)}\n`).join(''))
}

/** Waits until the request is answered. @throws AppError `forbidden` where it is denied, `unavailable` where nobody answers it */
async function letInTo(waiting: Waiting): Promise<OpenAccount> {
  for (;;) {
    const polled = await poll(waiting)
    if (polled?.state === 'approved') return polled.account
    if (polled?.state === 'denied') throw new AppError('forbidden', 'The device was turned away.')
    if (polled?.state === 'over' || Date.now() > waiting.expiresAt) {
      throw new AppError('unavailable', 'Nobody let this device in: ask anew, and have somebody ready who answers.')
    }
    await sleep(POLL_MILLIS)
  }
}

/** Null where the server did not answer this time: a restart of it ends no wait. */
async function poll(waiting: Waiting) {
  try {
    return await pollAskedIn(waiting)
  } catch (error) {
    const mayPass =
      error instanceof ApiError ? error.status >= 500 || error.status === 429 : error instanceof ClientError && error.code === 'unreachable'
    if (mayPass) return null
    throw error
  }
}
