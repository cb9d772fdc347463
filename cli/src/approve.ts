import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { approveWork } from '@claviger/client/approvals/approve.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import type { ApprovalReport } from '@claviger/client/approvals/report.ts'
import { safetyWords } from '@claviger/client/keys/safety-words.ts'
import { readApprovalWork, type WaitingPerson } from '@claviger/contract/api/approvals.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { EXIT_FAILED } from './directory.ts'
import { say, writeJson } from './output.ts'
import { readAllPending, type Waiting } from './pending.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'

interface ApproveOptions extends PersonOptions {
  team?: string
  user?: string
  all?: boolean
  dryRun?: boolean
  words?: boolean
}

/** One thing that was done, or that waits on. */
interface Line {
  kind: string
  team?: string
  user?: string
  why?: string
}

/** Adds `approve`. */
export function addApproveCommand(program: Command): void {
  addPersonOptions(program.command('approve'))
    .description('approve teams, memberships and people: the keys are made and given here')
    .option('--team <name>', 'this team, and its members')
    .option('--user <email>', 'this person, and their memberships')
    .option('--all', 'everything that waits for you')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--words', 'show the safety words of people who are not verified yet, and approve nobody')
    .action(approve)
}

async function approve({ team, user, all, dryRun = false, words = false, ...options }: ApproveOptions) {
  if (!all && team === undefined && user === undefined && !words) {
    throw new AppError('invalid_value', 'Say what to approve: --team NAME, --user EMAIL or --all (claviger pending shows what waits).')
  }
  const account = await openPerson(options)
  if (words) return showWords(account, user, options.json)
  const before = await readAllPending(account.connection)
  const chosen = before.filter((item) => matches(item.team, team) && matches(item.email, user))
  const people = new Set(chosen.map(({ email }) => email))
  const teams = new Set(chosen.map(({ teamId }) => teamId))
  const { root, owner } = account
  const report = await approveWork(approverOf(account), {
    ...(!all && { teams: ({ teamId, teamName }) => matches(teamName, team) && teams.has(teamId) }),
    ...(!all && { users: ({ email }) => matches(email, user) }),
    certify: all ? true : ({ email }) => people.has(email),
    own: { root, owner },
    dryRun,
  })
  const approved = doneOf(report)
  const skipped = skippedOf(report, before)
  const after = dryRun ? [] : await readAllPending(account.connection)
  const waiting = after.filter((item) => matches(item.team, team) && matches(item.email, user)).map(lineOf)
  if (skipped.length > 0 && approved.length === 0) process.exitCode = EXIT_FAILED
  if (options.json) return writeJson({ approved, skipped, waiting })
  await say(
    ...approved.map((line) => `${dryRun ? 'Would approve' : 'Approved'} ${describe(line)}.`),
    ...skipped.map((line) => `Not ${describe(line)}: ${line.why}`),
    ...waiting.filter(({ why }) => !skipped.some((line) => line.why === why)).map((line) => `Waits: ${describe(line)}. ${line.why}`),
    ...(approved.length + skipped.length + waiting.length === 0 ? ['Nothing waits for you there.'] : []),
  )
}

function doneOf({ certified, approvedTeams, approved, renewed, rotated, rotatedFolders }: ApprovalReport): Line[] {
  return [
    ...certified.map(({ email }) => ({ kind: 'user', user: email })),
    ...approvedTeams.map(({ teamName }) => ({ kind: 'team', team: teamName })),
    ...rotated.map(({ teamName }) => ({ kind: 'rotation', team: teamName })),
    ...approved.map(({ teamName, email }) => ({ kind: 'membership', team: teamName, user: email })),
    ...renewed.map(({ teamName, email }) => ({ kind: 'renewal', team: teamName, user: email })),
    ...Array.from({ length: rotatedFolders }, () => ({ kind: 'folder' })),
  ]
}

/** What was refused, with the names that ids stand for. */
function skippedOf({ skipped }: ApprovalReport, known: readonly Waiting[]): Line[] {
  return skipped.map(({ what, teamId, userId, why }) => {
    const team = known.find((item) => item.teamId === teamId)?.team
    const user = known.find((item) => item.userId === userId)?.email
    return { kind: what, ...(team && { team }), ...(user && { user }), why }
  })
}

function lineOf({ kind, team, email, reason }: Waiting): Line {
  return { kind, ...(team !== null && { team }), ...(email !== null && { user: email }), why: reason }
}

function describe({ kind, team, user }: Line): string {
  if (kind === 'folder') return 'the next key of a folder'
  if (kind === 'rotation') return `the next key of ${team ?? 'a team'}`
  return [
    user ?? (team === undefined ? kind : `the team ${team}`),
    ...(user !== undefined && team !== undefined ? [`on ${team}`] : []),
  ].join(' ')
}

function matches(name: string | null, wanted: string | undefined): boolean {
  return wanted === undefined || name?.toLowerCase() === wanted.trim().toLowerCase()
}

/** Six words that this person and the administrator read to each other: they are the same where nobody swapped a key. */
async function showWords(account: OpenAccount, user: string | undefined, json: boolean | undefined) {
  const { people } = await call(account.connection, readApprovalWork, { after: undefined })
  const { owner, identity } = account
  const own = { userId: owner.userId, keys: identity.public }
  const shown = await Promise.all(
    people
      .filter(({ email }) => matches(email, user))
      .map(async (person: WaitingPerson) => ({
        user: person.email,
        words: await safetyWords(owner.enterprise, own, { userId: person.userId, keys: person.identity }),
      })),
  )
  if (json) return writeJson(shown)
  await say(
    ...shown.map(({ user: email, words }) => `${email}: ${words.join(' ')}`),
    shown.length === 0
      ? 'Nobody waits to be verified.'
      : 'Each of them sees the same words with `claviger words`. If they differ, approve nobody.',
  )
}
