import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { approveWork } from '@claviger/client/approvals/approve.ts'
import { type Approver, approverOf } from '@claviger/client/approvals/approver.ts'
import { keepLooking } from '@claviger/client/changes/keep-looking.ts'
import type { Command } from 'commander'
import { printable, say, write } from './output.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'
import { reportLines, reportOf } from './report.ts'

interface WatchOptions extends PersonOptions {
  once?: boolean
  approve: boolean
}

/** Adds `watch`. */
export function addWatchCommand(program: Command): void {
  addPersonOptions(program.command('watch'))
    .description('an open vault: admits whom the directory puts on your teams, makes the next keys after removals, follows changes')
    .option('--once', 'do what waits now, then end')
    .option('--no-approve', 'only tell what changes (with --json: one line for each)')
    .action(watch)
}

async function watch({ once, approve, ...options }: WatchOptions) {
  const { json } = options
  const account = await openPerson(options)
  const approver = approverOf(account)
  const look = async () => {
    if (approve) await serve(account, approver, json)
  }
  if (once) return look()
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())
  if (!json) await say(`The vault of ${account.profile.email} is open. Ctrl-C closes it.`)
  await keepLooking(account.connection, look, {
    signal: ending.signal,
    async onChanges({ changes, position }) {
      if (json) await write(`${JSON.stringify({ position, changes })}\n`)
      else if (!approve) await say(...changes.map(({ kind, id }) => `Changed: ${kind} ${id}`))
    },
    onFailure: (error) => process.stderr.write(`note: ${printable(error.message)} Trying again.\n`),
  })
}

/** Does what waits, and says what. Nobody is certified: nobody has looked at them here. */
async function serve(account: OpenAccount, approver: Approver, json: boolean | undefined) {
  const { root, owner } = account
  const report = await approveWork(approver, { certify: false, own: { root, owner } })
  const { approved } = reportOf(report)
  if (!json) await say(...reportLines(report, false))
  else if (approved.length > 0) await write(`${JSON.stringify({ approved })}\n`)
}
