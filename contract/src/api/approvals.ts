import { z } from 'zod'
import { FolderId, NodeId, TeamId, UserId } from '../ids.ts'
import { PublicIdentity } from '../public-keys.ts'
import { Epoch, wholeFrom } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { route } from './route.ts'
import { Done } from './sessions.ts'

/** Grants in one request, and things to do in one answer. */
export const MOST_AT_ONCE = 500

/** A user's public keys as the server gives them out: to be held against the log, never believed. */
export const OfferedUser = z.strictObject({ userId: UserId, identity: PublicIdentity })
export type OfferedUser = z.infer<typeof OfferedUser>

/** Somebody who registered and has no certificate in the log yet. */
export const WaitingPerson = z.strictObject({ ...OfferedUser.shape, email: z.string(), nodeId: NodeId })
export type WaitingPerson = z.infer<typeof WaitingPerson>

/** A team that has no key yet. */
export const WaitingTeam = z.strictObject({ teamId: TeamId, teamName: z.string(), nodeId: NodeId })
export type WaitingTeam = z.infer<typeof WaitingTeam>

/**
 * A team whose key somebody holds who left. `heldBy`: grants among which a member who asks finds those that show the log
 * that they hold the newest key (client log/held-by.ts); none for administrators and automators.
 */
export const WaitingRotation = z.strictObject({ ...WaitingTeam.shape, teamEpoch: Epoch, heldBy: z.array(SignedStatement) })
export type WaitingRotation = z.infer<typeof WaitingRotation>

/** A team whose newest key is not given to the newest approver key yet. */
export const WaitingApprovers = z.strictObject({ ...WaitingTeam.shape, teamEpoch: Epoch })
export type WaitingApprovers = z.infer<typeof WaitingApprovers>

/** A membership that waits for the team's key: pending, or (`renewal`) active with the key of an earlier epoch. */
export const WaitingMembership = z.strictObject({
  teamId: TeamId,
  teamName: z.string(),
  teamEpoch: Epoch,
  ...OfferedUser.shape,
  email: z.string(),
  renewal: z.boolean(),
})
export type WaitingMembership = z.infer<typeof WaitingMembership>

/** Where the memberships begin, for who has done what comes before them. */
export const FIRST_MEMBERSHIP = 'memberships:'

/**
 * What the caller could do now for others who wait, at most 500 things in one answer; go on with `after` until `next` is
 * null. It comes in the order in which it is to be done. `people`, `teams` and `approvers` are for administrators and automators.
 */
export const readApprovalWork = route({
  method: 'GET',
  path: '/api/v1/approvals/work',
  asker: 'approver',
  input: z.object({ after: z.string().max(200).optional() }),
  answer: z.strictObject({
    people: z.array(WaitingPerson),
    teams: z.array(WaitingTeam),
    approvers: z.array(WaitingApprovers),
    rotations: z.array(WaitingRotation),
    memberships: z.array(WaitingMembership),
    next: z.string().nullable(),
  }),
})

/** Makes a pending team active: its first key's entry of the log, and the key for the approvers. 409 where another came first. */
export const approveTeam = route({
  method: 'POST',
  path: '/api/v1/teams/:team/approve',
  asker: 'approver',
  input: z.strictObject({ team: TeamId, entries: z.array(SignedStatement).length(1), grant: SignedStatement }),
  answer: Done,
})

/**
 * What became of one grant. `already`: another approver was first. `gone`: the membership, user or team is no more.
 * `not-ready`: the user is not registered, is locked, or has other keys. `old-epoch`: the team has a newer key.
 */
export const GrantOutcome = z.enum(['approved', 'renewed', 'already', 'gone', 'not-ready', 'old-epoch'])
export type GrantOutcome = z.infer<typeof GrantOutcome>

/** Admits members to teams, or gives them the newest key: one grant for each. Each membership is approved once. */
export const grantMemberships = route({
  method: 'POST',
  path: '/api/v1/approvals/memberships',
  asker: 'approver',
  input: z.strictObject({ grants: z.array(SignedStatement).min(1).max(MOST_AT_ONCE) }),
  answer: z.strictObject({ results: z.array(z.strictObject({ teamId: TeamId, userId: UserId, outcome: GrantOutcome })) }),
  bodyLimit: 8 * 1024 * 1024,
})

/** Gives the newest keys of teams to the newest approver key. What came meanwhile is passed over. */
export const grantToApprovers = route({
  method: 'POST',
  path: '/api/v1/approvals/approvers',
  asker: 'approver',
  input: z.strictObject({ grants: z.array(SignedStatement).min(1).max(MOST_AT_ONCE) }),
  answer: z.strictObject({ kept: wholeFrom(0) }),
  bodyLimit: 8 * 1024 * 1024,
})

/** A folder's newest key as the team has it, and who gave it. `teamEpoch`: of the team's key that opens it. */
export const TeamFolder = z.strictObject({ folderId: FolderId, folderEpoch: Epoch, teamEpoch: Epoch, grant: SignedStatement })
export type TeamFolder = z.infer<typeof TeamFolder>

const MOST_FOLDERS = 5000

/** The folders that are shared with a team: what its next key must be given the keys of. */
export const readTeamFolders = route({
  method: 'GET',
  path: '/api/v1/teams/:team/folders',
  asker: 'approver',
  input: z.object({ team: TeamId }),
  answer: z.strictObject({ folders: z.array(TeamFolder), people: z.array(OfferedUser) }),
})

/**
 * Gives a team its next key: the entry of the log, the key for the approvers, `own` for the member who makes it (null for
 * administrators and automators), and the keys of all folders that are shared with it; `unopened` are those whose key the
 * caller could not open, which wait for who shared them. 409 where the log, the team or its folders changed meanwhile.
 */
export const rotateTeam = route({
  method: 'POST',
  path: '/api/v1/teams/:team/rotate',
  asker: 'approver',
  input: z.strictObject({
    team: TeamId,
    entries: z.array(SignedStatement).length(1),
    grant: SignedStatement,
    own: SignedStatement.nullable(),
    folderGrants: z.array(SignedStatement).max(MOST_FOLDERS),
    unopened: z.array(FolderId).max(MOST_FOLDERS),
  }),
  answer: Done,
  bodyLimit: 16 * 1024 * 1024,
})

/** The team key of an epoch, as somebody was given it. */
export const HeldTeamKey = z.strictObject({ teamId: TeamId, epoch: Epoch, grant: SignedStatement })
export type HeldTeamKey = z.infer<typeof HeldTeamKey>

/** The team keys that the caller was given as a member: one for each team, archived ones apart. */
export const readTeamKeys = route({
  method: 'GET',
  path: '/api/v1/team-keys',
  asker: 'approver',
  input: z.object({}),
  answer: z.strictObject({ keys: z.array(HeldTeamKey) }),
})

/** The keys of these teams as the approvers were given them, every epoch; archived teams and those of other nodes are left out. */
export const readApproverGrants = route({
  method: 'POST',
  path: '/api/v1/team-keys/of-approvers',
  asker: 'approver',
  input: z.strictObject({ teams: z.array(TeamId).min(1).max(MOST_AT_ONCE) }),
  answer: z.strictObject({ keys: z.array(z.strictObject({ ...HeldTeamKey.shape, approverEpoch: Epoch })) }),
})
