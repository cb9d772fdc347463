import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { ApiError } from '@claviger/client/api/call.ts'
import { approveWork } from '@claviger/client/approvals/approve.ts'
import { type Approver, approverOf } from '@claviger/client/approvals/approver.ts'
import type { ApprovalReport } from '@claviger/client/approvals/report.ts'
import { followChanges } from '@claviger/client/changes/follow.ts'
import { ClientError } from '@claviger/client/errors.ts'
import type { Command } from 'commander'
import { say, write } from './output.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'

interface WatchOptions extends PersonOptions {
  once?: boolean
  approve: boolean
}

/** Adds `watch`. */
export function addWatchCommand(program: Command): void {
  addPersonOptions(program.command('watch'))
    .description('an open vault: admits whom the directory puts on your teams, makes the next keys after removals, follows changes')
    .option('--once', 'do what waits now, then end')
    .option('--no-approve', 'only tell what changes')
    .action(watch)
}

async function watch({ once, approve, ...options }: WatchOptions) {
  const account = await openPerson(options)
  const approver = approverOf(account)
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())
  if (approve) await serve(account, approver, options.json)
  if (once) return
  if (!options.json) await say(`The vault of ${account.profile.email} is open. Ctrl-C closes it.`)
  await followChanges(
    account.connection,
    null,
    async ({ changes, position }) => {
      if (options.json) await write(`${JSON.stringify({ position, changes })}\n`)
      if (approve) await serve(account, approver, options.json)
    },
    ending.signal,
  )
}

/** Does what waits, and says what. A server that is busy or restarts gets the next try with the next change. */
async function serve(account: OpenAccount, approver: Approver, json: boolean | undefined) {
  const { root, owner } = account
  try {
    const report = await approveWork(approver, { certify: false, own: { root, owner } })
    if (json) {
      if (didAnything(report)) await write(`${JSON.stringify(report)}\n`)
      return
    }
    await say(...linesOf(report))
  } catch (error) {
    const passes = (error instanceof ClientError && error.code === 'unreachable') || (error instanceof ApiError && error.status >= 429)
    if (!passes) throw error
    process.stderr.write(`note: ${error.message}\n`)
  }
}

function linesOf({ approvedTeams, rotated, approved, renewed, rotatedFolders }: ApprovalReport): string[] {
  return [
    ...approvedTeams.map(({ teamName }) => `Made the first key of ${teamName}.`),
    ...rotated.map(({ teamName }) => `Made the next key of ${teamName}, for somebody who held the last one left.`),
    ...approved.map(({ email, teamName }) => `Admitted ${email} to ${teamName}.`),
    ...renewed.map(({ email, teamName }) => `Gave ${email} the next key of ${teamName}.`),
    ...(rotatedFolders === 0 ? [] : [`Made the next key of ${rotatedFolders} ${rotatedFolders === 1 ? 'folder' : 'folders'}.`]),
  ]
}

function didAnything(report: ApprovalReport): boolean {
  return linesOf(report).length > 0
}
