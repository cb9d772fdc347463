import type { ApprovalReport, NamedMembership, NamedTeam, NamedUser, Skipped } from '@claviger/client/approvals/report.ts'

/** What a run of approvals came to, as a page shows it. */
export interface ApprovalOutcome {
  /** What was done, each kind in a sentence, with whom or what it was done to. */
  readonly done: readonly { readonly sentence: string; readonly names: readonly string[] }[]
  /** What was not, and waits on. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[]
  /** Memberships that another approver served first. */
  readonly already: number
}

/** A report in sentences. What is looked after by the way, as folders are, is told of where `all` was asked for. */
export function outcomeOf(report: ApprovalReport, all: boolean): ApprovalOutcome {
  const { certified, approvedTeams, rotated, approved, renewed, rotatedFolders, skipped } = report
  const refused = skipped.filter(({ code, what }) => code !== 'already' && (all || (what !== 'folder' && what !== 'approvers')))
  return {
    done: [
      line(certified.map(ofUser), (n) => `Verified ${n === 1 ? '1 person' : `${n} people`}.`),
      line(approvedTeams.map(ofTeam), (n) => `Made the first key of ${n === 1 ? '1 team' : `${n} teams`}.`),
      line(rotated.map(ofTeam), (n) => `Made the next key of ${n === 1 ? '1 team' : `${n} teams`}.`),
      line(approved.map(ofMembership), (n) => `Admitted ${n === 1 ? '1 member' : `${n} members`}.`),
      line(renewed.map(ofMembership), (n) => `Gave ${n === 1 ? '1 member' : `${n} members`} their team’s next key.`),
      {
        sentence: `Made the next key of ${rotatedFolders === 1 ? '1 folder' : `${rotatedFolders} folders`}.`,
        names: [],
        n: rotatedFolders,
      },
    ]
      .filter(({ n }) => n > 0)
      .map(({ sentence, names }) => ({ sentence, names })),
    skipped: refused.map((one) => ({ name: nameOf(one), why: one.why })),
    already: skipped.length - skipped.filter(({ code }) => code !== 'already').length,
  }
}

/** How much a report says is done. */
export function doneIn({ certified, approvedTeams, rotated, approved, renewed }: ApprovalReport): number {
  return certified.length + approvedTeams.length + rotated.length + approved.length + renewed.length
}

function line(names: readonly string[], sentence: (n: number) => string) {
  return { sentence: sentence(names.length), names, n: names.length }
}

const ofUser = ({ email }: NamedUser) => email
const ofTeam = ({ teamName }: NamedTeam) => teamName
const ofMembership = ({ email, teamName }: NamedMembership) => `${email} on ${teamName}`

function nameOf({ what, teamName, email, teamId, userId, folderId }: Skipped): string {
  const team = teamName ?? teamId
  const person = email ?? userId
  switch (what) {
    case 'person':
      return person ?? 'a person'
    case 'team':
      return `the team ${team ?? ''}`.trim()
    case 'rotation':
      return `the next key of ${team ?? 'a team'}`
    case 'membership':
      return `${person ?? 'a member'} on ${team ?? 'a team'}`
    case 'folder':
      return `the next key of the folder ${folderId ?? ''}`.trim()
    case 'approvers':
      return 'the keys of the approvers'
  }
}
