import { FIRST_MEMBERSHIP, readApprovalWork, type WaitingPerson } from '@claviger/contract/api/approvals.ts'
import { renewRecoveryKey } from '../administration/renew-recovery-key.ts'
import { type Connection, call } from '../api/call.ts'
import type { Own } from '../vault/open-folder.ts'
import { rotateFolders } from '../vault/rotate.ts'
import { admitMembers } from './admit.ts'
import { approveTeam } from './approve-team.ts'
import type { Approver } from './approver.ts'
import { renewApproverKey } from './approver-key-renewal.ts'
import { certifyPeople } from './certify.ts'
import { giveToApprovers } from './grant-approvers.ts'
import { type Keyring, loadKeyring } from './keyring.ts'
import { logWriterOf } from './log-writer.ts'
import { type ApprovalReport, emptyReport, type NamedTeam, type NamedUser, refusalOf } from './report.ts'
import { rotateTeam } from './rotate-team.ts'

/** What an approver serves. Without filters, everything that it can. */
export interface ApprovalOptions {
  readonly teams?: (team: NamedTeam) => boolean
  readonly users?: (user: NamedUser) => boolean
  /** Whether, or which, registered people without a certificate get one, as the server offers their keys. */
  readonly certify: boolean | ((user: NamedUser) => boolean)
  /** The root of the person whose vault is open: their own folders are renewed with it. */
  readonly own?: Own | null
  /** Told of the report as it grows. */
  readonly onProgress?: (report: ApprovalReport) => void
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean
}

type Work = Awaited<ReturnType<typeof readWork>>

/**
 * Serves what waits for an approver: the one way for administrators, open vaults and automators. Each step is whole in one
 * request, and each makes the next one's work appear in the list, so whoever stops in between leaves nothing half done
 * that the next approver would not find: the approver key before what is sealed to it, certificates before memberships,
 * teams before their members, rotations before admissions (or the new member would get a key that the leaver has).
 * What is refused waits on, and is in the report with the reason.
 * @throws ClientError `unreachable`, `log_shortened` …, ContractError for a log that does not verify, ApiError when signed out
 */
export async function approveWork(approver: Approver, options: ApprovalOptions): Promise<ApprovalReport> {
  const report = emptyReport()
  const dryRun = options.dryRun === true
  await approver.refresh()
  if (!dryRun) await renewWhereDue(approver, report)
  const keyring = await loadKeyring(approver)
  const work = filtered(await readWork(approver.connection), options)
  // What waits may be of a log that has grown since.
  await approver.refresh()
  if (dryRun) planWork(approver, work, report)
  else await doWork(approver, keyring, work, report, options)
  await admitAll(dryRun ? withoutPins(approver) : approver, keyring, options, report)
  if (!dryRun) await renewFolders(approver, keyring, options, report)
  return report
}

async function doWork(
  approver: Approver,
  keyring: Keyring,
  work: Work,
  report: ApprovalReport,
  { onProgress }: ApprovalOptions,
): Promise<void> {
  await certifyPeople(approver, work.people, report)
  onProgress?.(report)
  await giveToApprovers(approver, keyring, work.approvers, report)
  for (const team of work.teams) {
    const { teamId, teamName } = team
    try {
      if (await approveTeam(approver, keyring, team)) report.approvedTeams.push({ teamId, teamName })
    } catch (error) {
      report.skipped.push({ what: 'team', teamId, teamName, ...refusalOf(error) })
    }
    onProgress?.(report)
  }
  for (const team of work.rotations) {
    const { teamId, teamName } = team
    try {
      const { done, skipped } = await rotateTeam(approver, keyring, team)
      if (done) report.rotated.push({ teamId, teamName })
      report.skipped.push(...skipped)
    } catch (error) {
      report.skipped.push({ what: 'rotation', teamId, teamName, ...refusalOf(error) })
    }
    onProgress?.(report)
  }
}

/** What a rotation of their team could not open, or must not give on under its own name, may be renewed here all the same. */
async function renewFolders(approver: Approver, keyring: Keyring, { own = null }: ApprovalOptions, report: ApprovalReport): Promise<void> {
  const { rotated, skipped } = await rotateFolders({ approver, keyring, own })
  report.rotatedFolders = rotated.length
  const isDone = new Set(rotated)
  const others = report.skipped.filter(({ folderId }) => folderId === undefined || !isDone.has(folderId))
  const folders = skipped.map(({ folderId, why }) => ({ what: 'folder' as const, folderId, code: 'not-renewed', why }))
  report.skipped.splice(0, report.skipped.length, ...others, ...folders)
}

function planWork({ evidence }: Approver, { people, teams, rotations }: Work, report: ApprovalReport): void {
  const named = ({ teamId, teamName }: NamedTeam) => ({ teamId, teamName })
  if (evidence !== null) report.certified.push(...people.map(({ userId, email }: WaitingPerson) => ({ userId, email })))
  report.approvedTeams.push(...teams.map(named))
  report.rotated.push(...rotations.map(named))
}

/** Page after page: who was admitted is not on the next one, and who could not be is not read twice. */
async function admitAll(approver: Approver, keyring: Keyring, options: ApprovalOptions, report: ApprovalReport): Promise<void> {
  for (let after: string | null = FIRST_MEMBERSHIP; after !== null; ) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(approver.connection, after)
    const wanted = page.memberships.filter((membership) => isWanted(membership, options))
    const planned = options.dryRun === true ? wanted.filter((membership) => isPlanned(membership, report)) : []
    report.approved.push(...planned.map(({ teamId, teamName, userId, email }) => ({ teamId, teamName, userId, email })))
    const ready = wanted.filter((membership) => !planned.includes(membership))
    if (ready.length > 0) await admitMembers(approver, keyring, ready, report, options.dryRun === true)
    options.onProgress?.(report)
    after = page.next
  }
}

/** In a dry run: whether they would be certified before they are admitted, which the log does not say yet. */
function isPlanned({ userId }: NamedUser, { certified }: ApprovalReport): boolean {
  return certified.some((person) => person.userId === userId)
}

/** The keys of the log that wait for their next epoch, as far as the approver may make it. */
async function renewWhereDue(approver: Approver, report: ApprovalReport): Promise<void> {
  const { state, granter } = approver
  const rights = granter.granter.kind === 'user' ? (state.administrators.get(granter.granter.id) ?? []) : []
  try {
    if (state.approverKeyDue && rights.includes('administrators')) await renewApproverKey(logWriterOf(approver))
    if (state.recoveryKeyDue && rights.includes('recovery')) await renewRecoveryKey(logWriterOf(approver))
  } catch (error) {
    report.skipped.push({ what: 'approvers', ...refusalOf(error) })
  }
}

/** Everything that waits but memberships, which the rest makes more of. */
async function readWork(connection: Connection) {
  const work = await readPage(connection, undefined)
  for (let { next } = work; next !== null && !next.startsWith(FIRST_MEMBERSHIP); ) {
    const page: typeof work = await readPage(connection, next)
    work.people.push(...page.people)
    work.teams.push(...page.teams)
    work.approvers.push(...page.approvers)
    work.rotations.push(...page.rotations)
    next = page.next
  }
  return work
}

function readPage(connection: Connection, after: string | undefined) {
  return call(connection, readApprovalWork, { after })
}

function filtered(work: Work, { teams = () => true, users = () => true, certify }: ApprovalOptions): Work {
  const certified = typeof certify === 'function' ? certify : () => certify
  const people = work.people.filter((person) => users(person) && certified(person))
  return { ...work, people, teams: work.teams.filter(teams), rotations: work.rotations.filter(teams) }
}

function isWanted(membership: NamedTeam & NamedUser, { teams, users }: ApprovalOptions): boolean {
  return (teams?.(membership) ?? true) && (users?.(membership) ?? true)
}

/** The approver for a dry run: what it sees first, it does not keep. */
function withoutPins(approver: Approver): Approver {
  const { connection, kind, id, granter, opener, holder, isApprover, canStateTeamKeys, evidence, firstUse } = approver
  return {
    ...{ connection, kind, id, granter, opener, holder, isApprover, canStateTeamKeys, evidence },
    firstUse: { get: firstUse.get, pin: async () => {} },
    get state() {
      return approver.state
    },
    refresh: () => approver.refresh(),
    author: (role) => approver.author(role),
  }
}
