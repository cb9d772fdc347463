import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { type ApprovalOptions, approveWork } from '@claviger/client/approvals/approve.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import type { ApprovalReport } from '@claviger/client/approvals/report.ts'
import { findRecipients } from '@claviger/contract/api/vault.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { showWords } from './approve-words.ts'
import { EXIT_FAILED } from './exit.ts'
import { say, writeJson } from './output.ts'
import { readAllPending, type Waiting } from './pending.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'
import { nameOf, type ReportLine, refusalLine, reportLines, reportOf } from './report.ts'

interface Wanted {
  team?: string
  user?: string
  all?: boolean
}

interface ApproveOptions extends PersonOptions, Wanted {
  dryRun?: boolean
  words?: boolean
}

/** Adds `approve`. */
export function addApproveCommand(program: Command): void {
  addPersonOptions(program.command('approve'))
    .description('approve teams, memberships and people: the keys are made and given here')
    .option('--team <team>', 'this team (name or id), and its members')
    .option('--user <email>', 'this person, and the teams that they wait for')
    .option('--all', 'everything that waits for you')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--words', 'show the safety words of people who are not verified yet, and approve nobody')
    .action(approve)
}

async function approve({ team, user, all, dryRun = false, words = false, ...options }: ApproveOptions) {
  const wanted = wantedOf({ team, user, all }, words)
  const account = await openPerson(options)
  if (words) return showWords(account, user, options.json)
  const before = await readAllPending(account.connection)
  const chosen = chosenOf(before, wanted)
  if (chosen.length === 0) await requireKnown(account, wanted)
  const report = await approveWork(approverOf(account), { ...filtersOf(chosen, wanted), own: ownOf(account), dryRun })
  if (!wanted.all) dropOthers(report)
  const { approved, skipped } = reportOf(report, before)
  const waiting = dryRun ? [] : chosenOf(await readAllPending(account.connection), wanted).map(lineOf)
  if (skipped.length > 0 && approved.length === 0) process.exitCode = EXIT_FAILED
  if (options.json) return writeJson({ approved, skipped, waiting })
  await say(
    ...reportLines(report, dryRun),
    ...skipped.map(refusalLine),
    ...waiting.map((line) => `Waits: ${nameOf(line)}. ${line.why ?? ''}`.trim()),
    ...(approved.length + skipped.length + waiting.length === 0 ? ['Nothing waits for you there.'] : []),
  )
}

/** @throws AppError `invalid_value` where nothing, or two things at odds, are to be approved */
function wantedOf({ team, user, all = false }: { [Name in keyof Wanted]: Wanted[Name] | undefined }, words: boolean): Wanted {
  if (all && (team !== undefined || user !== undefined)) {
    throw new AppError('invalid_value', 'Either --all, or --team and --user: nothing was done.')
  }
  if (!all && team === undefined && user === undefined && !words) {
    throw new AppError('invalid_value', 'Say what to approve: --team NAME, --user EMAIL or --all (claviger pending shows what waits).')
  }
  return { all, ...(team !== undefined && { team: team.trim() }), ...(user !== undefined && { user: user.trim() }) }
}

/** What waits of what is wanted. @throws AppError `invalid_value` where several teams have the name */
function chosenOf(pending: readonly Waiting[], { team, user }: Wanted): Waiting[] {
  const teams = new Set(pending.filter((item) => item.teamId === team || same(item.team, team)).map(({ teamId }) => teamId))
  if (team !== undefined && teams.size > 1) {
    throw new AppError('invalid_value', `${teams.size} teams are called ${team}: give the id of one, ${[...teams].join(' or ')}.`)
  }
  return pending.filter((item) => (team === undefined || teams.has(item.teamId)) && (user === undefined || same(item.email, user)))
}

function same(name: string | null, wanted: string | undefined): boolean {
  return wanted !== undefined && name?.toLowerCase() === wanted.toLowerCase()
}

/** Nothing waits: because all is done, or because the name is wrong. @throws AppError `not_found` */
async function requireKnown({ connection }: OpenAccount, { team, user }: Wanted): Promise<void> {
  for (const text of [team, user]) {
    if (text === undefined) continue
    const { people, teams } = await call(connection, findRecipients, { text })
    const isKnown =
      text === team ? teams.some(({ teamId, name }) => teamId === text || same(name, text)) : people.some((one) => same(one.email, text))
    if (isKnown) continue
    const what = text === team ? `team ${text}` : `person with the address ${text}`
    throw new AppError('not_found', `There is no ${what} that waits for you: \`claviger pending\` shows who and what does.`)
  }
}

/** The teams of what was chosen, the people of it, and nobody else. */
function filtersOf(chosen: readonly Waiting[], { all, user }: Wanted): Omit<ApprovalOptions, 'own' | 'dryRun'> {
  if (all) return { certify: true }
  const teams = new Set(chosen.map(({ teamId }) => teamId))
  const people = new Set(chosen.map(({ email }) => email))
  return {
    teams: ({ teamId }) => teams.has(teamId),
    users: ({ email }) => user === undefined || same(email, user),
    certify: ({ email }) => people.has(email),
  }
}

function ownOf({ root, owner }: OpenAccount) {
  return { root, owner }
}

/** Folders that wait for their next key are looked after by the way; they are not what was asked for. */
function dropOthers({ skipped }: ApprovalReport): void {
  const asked = skipped.filter(({ what }) => what !== 'folder' && what !== 'approvers')
  skipped.splice(0, skipped.length, ...asked)
}

function lineOf({ kind, team, email, code, reason }: Waiting): ReportLine {
  return { kind, ...(team !== null && { team }), ...(email !== null && { user: email }), code, why: reason }
}
