import { call } from '@claviger/client/api/call.ts'
import { listNotices, type Notice, seeNotices } from '@claviger/contract/api/notices.ts'
import type { Command } from 'commander'
import { say, timeJson, timeText, writeJson } from './output.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'

/** What happened, by the kind of the notice. A newer server may send others. */
const words: Readonly<Record<string, string>> = {
  'device-added': 'Somebody signed in on a new device, which can open your vault now.',
  'device-admitted': 'One of your devices let a new device in, which can open your vault now.',
  'password-changed': 'Your password was changed.',
  'recovered-by-code': 'Your recovery code was used to set a new password.',
  'recovered-by-administrator': 'An administrator let a device into your account with the recovery key.',
  'vault-transferred-to-you': 'An administrator gave you the personal folders of another person.',
  'vault-transferred-from-you': 'An administrator gave your personal folders to another person.',
  'second-factor-changed': 'A second factor of your account was changed.',
  'removals-held': 'A directory would take access from more people than its limits allow: it is paused, and waits for your decision.',
}

interface NoticesOptions extends PersonOptions {
  all?: boolean
}

/** Adds `notices`. */
export function addNoticesCommand(program: Command): void {
  addPersonOptions(program.command('notices'))
    .description('what was done to your account that you have not seen yet; it counts as seen then')
    .option('--all', 'also what you have seen')
    .action(show)
}

async function show({ all = false, ...options }: NoticesOptions) {
  const { connection } = await openPerson(options)
  const { notices } = await call(connection, listNotices, {})
  const shown = notices.filter(({ seenAt }) => all || seenAt === null)
  await (options.json ? writeJson(shown.map(inJson)) : tell(shown, all))
  const noticeIds = shown.filter(({ seenAt }) => seenAt === null).map(({ noticeId }) => noticeId)
  // Only what was written out has been seen.
  if (noticeIds.length > 0) await call(connection, seeNotices, { noticeIds })
}

function inJson({ noticeId, kind, detail, createdAt, seenAt }: Notice) {
  return { id: noticeId, kind, detail, createdAt: timeJson(createdAt), seenAt: timeJson(seenAt) }
}

async function tell(notices: readonly Notice[], all: boolean) {
  if (notices.length === 0) return say(all ? 'Nothing was done to your account yet.' : 'There is nothing new.')
  for (const { kind, detail, createdAt, seenAt } of notices) {
    const facts = Object.entries(detail).map(([name, value]) => `${name}: ${value}`)
    await say(
      `${timeText(createdAt)}  ${words[kind] ?? `Something was changed in your account (${kind}).`}${seenAt === null ? '' : ' (seen)'}`,
      ...(facts.length === 0 ? [] : [`    ${facts.join(', ')}`]),
    )
  }
}
