import { letIn, turnAway, type WaitingForMe, waitingForMe } from '@claviger/client/account/admission.ts'
import { endSession, ownDevices, removeDevice } from '@claviger/client/account/devices.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { areSameWords } from './compare-words.ts'
import { say, Table, timeJson, timeText, writeJson } from './output.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'

/** Adds `devices` and what a person can do with their own. */
export function addDevicesCommands(program: Command): void {
  const devices = program.command('devices').description('your devices and sessions, and the devices that ask to be let in')
  addPersonOptions(devices.command('list', { isDefault: true }))
    .description('list them')
    .action(list)
  addPersonOptions(devices.command('approve'))
    .description('let a device in that shows the same words')
    .argument('<request>', 'the id of the request, as `devices list` shows it')
    .option('--words <words>', 'the six words that the new device shows; compared, and asked for where they are not given')
    .action(approve)
  addPersonOptions(devices.command('deny')).description('turn a device away').argument('<request>', 'the id of the request').action(deny)
  addPersonOptions(devices.command('remove'))
    .description('remove a device: it opens your vault no more')
    .argument('<device>', 'the id of the device')
    .action(remove)
  addPersonOptions(devices.command('end')).description('end a session').argument('<session>', 'the id of the session').action(end)
}

async function list(options: PersonOptions) {
  const account = await openPerson(options)
  const [{ devices, sessions }, requests] = [await ownDevices(account), await waitingForMe(account)]
  if (options.json) {
    return writeJson({
      devices: devices.map(({ id, name, addedAt, seenAt, current }) => ({
        id,
        name,
        addedAt: timeJson(addedAt),
        seenAt: timeJson(seenAt),
        current,
      })),
      sessions: sessions.map(({ sessionId, deviceId, createdAt, usedAt, expiresAt, address, agent, current }) => ({
        id: sessionId,
        deviceId,
        createdAt: timeJson(createdAt),
        usedAt: timeJson(usedAt),
        expiresAt: timeJson(expiresAt),
        address,
        agent,
        current,
      })),
      requests: requests.map(({ requestId, name, words, createdAt, expiresAt }) => ({
        id: requestId,
        name,
        words: words.join(' '),
        createdAt: timeJson(createdAt),
        expiresAt: timeJson(expiresAt),
      })),
    })
  }
  const table = new Table('DEVICE', 'NAME', 'LAST SEEN', '')
  await table.write(
    devices.map(({ id, name, seenAt, current }) => ({ cells: [id, name, seenAt && timeText(seenAt), current ? 'this device' : ''] })),
  )
  await say('')
  const open = new Table('SESSION', 'LAST USED', 'ADDRESS', 'PROGRAM', '')
  await open.write(
    sessions.map(({ sessionId, usedAt, address, agent, current }) => ({
      cells: [sessionId, timeText(usedAt), address, agent, current ? 'this session' : ''],
    })),
  )
  await tellWaiting(requests)
}

async function tellWaiting(requests: readonly WaitingForMe[]) {
  for (const { requestId, name, words, expiresAt } of requests) {
    await say(
      '',
      `"${name}" asks to be let in, until ${timeText(expiresAt)}. It must show these words: ${words.join(' ')}`,
      `  claviger devices approve ${requestId} · claviger devices deny ${requestId}`,
    )
  }
}

async function approve(requestId: string, { words, ...options }: PersonOptions & { words?: string }) {
  const account = await openPerson(options)
  const request = await findRequest(account, requestId)
  if (!(await areSameWords(request.name, request.words, words))) {
    const advice = 'Somebody may stand between the two devices. Deny the request, and begin anew on the new device.'
    throw new AppError('forbidden', `The words are not the same: the device was not let in. ${advice}`)
  }
  await letIn(account, request)
  const { name, device } = request
  if (options.json) return writeJson({ requestId, deviceId: device.id, name })
  await say(`"${name}" is let in. It can open your vault now.`)
}

async function findRequest(account: OpenAccount, requestId: string): Promise<WaitingForMe> {
  const request = (await waitingForMe(account)).find((waiting) => waiting.requestId === requestId)
  if (request) return request
  throw new AppError(
    'not_found',
    `Nothing waits under ${requestId}: it was answered, or took too long. \`claviger devices\` lists what waits.`,
  )
}

async function deny(requestId: string, options: PersonOptions) {
  await turnAway(await openPerson(options), requestId)
  if (options.json) return writeJson({ requestId })
  await say('The device was turned away.')
}

async function remove(deviceId: string, options: PersonOptions) {
  const account = await openPerson(options)
  const device = (await ownDevices(account)).devices.find(({ id }) => id === deviceId)
  if (!device) throw new AppError('not_found', `You have no device ${deviceId}: \`claviger devices\` lists yours.`)
  await removeDevice(account, device.id)
  if (options.json) return writeJson({ deviceId, name: device.name })
  await say(
    device.current ? 'This device is removed, and signed out.' : `"${device.name}" is removed: its sessions ended, and it opens nothing.`,
  )
}

async function end(sessionId: string, options: PersonOptions) {
  await endSession(await openPerson(options), sessionId)
  if (options.json) return writeJson({ sessionId })
  await say('The session has ended.')
}
