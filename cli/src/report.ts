import type { ApprovalReport, Skipped } from '@claviger/client/approvals/report.ts'

/** One thing that was done, or that waits on. */
export interface ReportLine {
  kind: string
  team?: string
  user?: string
  /** Where nothing is known but the ids. */
  teamId?: string
  userId?: string
  folderId?: string
  code?: string
  why?: string
}

/** What somebody who waits is called, by the ids that a refusal names. */
export interface Named {
  readonly teamId: string | null
  readonly team: string | null
  readonly userId: string | null
  readonly email: string | null
}

/** A report of approvals as `--json` gives it. `known` gives names to what was refused. What another approver did first is no refusal. */
export function reportOf(report: ApprovalReport, known: readonly Named[] = []): { approved: ReportLine[]; skipped: ReportLine[] } {
  const { certified, approvedTeams, approved, renewed, rotated, rotatedFolders, skipped } = report
  return {
    approved: [
      ...certified.map(({ email }) => ({ kind: 'user', user: email })),
      ...approvedTeams.map(({ teamName }) => ({ kind: 'team', team: teamName })),
      ...rotated.map(({ teamName }) => ({ kind: 'rotation', team: teamName })),
      ...approved.map(({ teamName, email }) => ({ kind: 'membership', team: teamName, user: email })),
      ...renewed.map(({ teamName, email }) => ({ kind: 'renewal', team: teamName, user: email })),
      ...Array.from({ length: rotatedFolders }, () => ({ kind: 'folder-rotation' })),
    ],
    skipped: skipped.filter(({ code }) => code !== 'already').map((refused) => refusalOf(refused, known)),
  }
}

function refusalOf({ what, teamId, userId, folderId, code, why }: Skipped, known: readonly Named[]): ReportLine {
  const team = teamId && (known.find((item) => item.teamId === teamId)?.team ?? undefined)
  const user = userId && (known.find((item) => item.userId === userId)?.email ?? undefined)
  return {
    kind: what,
    ...(team && { team }),
    ...(user && { user }),
    ...(teamId && { teamId }),
    ...(userId && { userId }),
    ...(folderId && { folderId }),
    code,
    why,
  }
}

/** What was done, in sentences; with `dryRun` what would be. */
export function reportLines(report: ApprovalReport, dryRun: boolean): string[] {
  return reportOf(report).approved.map((line) => (dryRun ? `Would: ${sentence(line)}` : sentence(line)))
}

/** What was not done, and why, in a sentence. */
export function refusalLine(line: ReportLine): string {
  return `Not ${nameOf(line)}: ${line.why ?? ''}`
}

/** What a line is about, within a sentence. */
export function nameOf({ kind, team, user, teamId, userId, folderId }: ReportLine): string {
  const theTeam = team ?? teamId
  if (kind === 'rotation') return `the next key of the team ${theTeam ?? ''}`.trim()
  if (kind === 'folder') return `the next key of the folder ${folderId ?? ''}`.trim()
  if (kind === 'approvers') return 'the keys of the approvers'
  const who = user ?? userId
  if (who === undefined) return theTeam === undefined ? kind : `the team ${theTeam}`
  return theTeam === undefined ? who : `${who} on ${theTeam}`
}

function sentence({ kind, team = '', user = '' }: ReportLine): string {
  switch (kind) {
    case 'user':
      return `Verified ${user}.`
    case 'team':
      return `Made the first key of ${team}.`
    case 'rotation':
      return `Made the next key of ${team}: somebody who held the last one left.`
    case 'membership':
      return `Admitted ${user} to ${team}.`
    case 'renewal':
      return `Gave ${user} the next key of ${team}.`
    default:
      return 'Made the next key of a folder.'
  }
}
