import {
  type OfferedUser,
  readTeamFolders,
  rotateTeam as rotateTeamRoute,
  type TeamFolder,
  type WaitingRotation,
} from '@claviger/contract/api/approvals.ts'
import type { FolderId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { call } from '../api/call.ts'
import { ClientError } from '../errors.ts'
import { grantFolderKey, openFolderKey } from '../keys/folder-key.ts'
import { granterOf } from '../keys/grants.ts'
import { certifiedUser, currentApproverKey, currentTeamKey, type VerifiedTeamKey } from '../keys/recipients.ts'
import { asTeam, grantTeamKey, makeTeamKey, publishTeamKey, type TeamKey } from '../keys/team-key.ts'
import { findHeldBy } from '../log/held-by.ts'
import { stateNext } from '../log/log-statements.ts'
import { againOnConflict } from './again.ts'
import type { Approver } from './approver.ts'
import type { Keyring } from './keyring.ts'
import { verifiedGranter } from './recipient.ts'
import { noKey, refusalOf, type Skipped } from './report.ts'

/** What became of a rotation. */
export interface Rotated {
  /** False where another approver was first. */
  readonly done: boolean
  /** Folders that wait for who shared them, because their key did not open. */
  readonly skipped: readonly Skipped[]
}

/**
 * Makes the team's next key, and gives it to the approvers, the member who makes it, and the team's folders, all in one
 * request. Other members follow by renewal.
 * @throws ClientError `no-key` as `unknown_key`, `not_entitled` where only an approver can; ContractError; ApiError
 */
export function rotateTeam(approver: Approver, keyring: Keyring, team: WaitingRotation): Promise<Rotated> {
  const { teamId, teamEpoch } = team
  return againOnConflict(approver, async () => {
    const { state, connection, granter } = approver
    if (state.teamKeys.get(teamId)?.length !== teamEpoch) return { done: false, skipped: [] }
    if ((await keyring.teamKey(teamId, teamEpoch)) === null) throw new ClientError('unknown_key', noKey.why)
    const at = Date.now()
    const key = await makeTeamKey(state, teamId)
    const stated = await stateKey(approver, team, key, at)
    const grant = await grantTeamKey(stated.state, key, currentApproverKey(stated.state), granter, at)
    const own = approver.canStateTeamKeys ? null : await grantToSelf(approver, stated.state, key, at)
    const folders = await giveFolders(approver, keyring, team, currentTeamKey(stated.state, teamId), at)
    const { folderGrants, unopened, skipped } = folders
    await call(connection, rotateTeamRoute, { team: teamId, entries: [stated.entry], grant, own, folderGrants, unopened })
    await approver.refresh()
    keyring.add(key)
    return { done: true, skipped }
  })
}

/** The log's entry: by right, or as a member who shows that they hold the key before. */
async function stateKey(approver: Approver, { teamId, heldBy }: WaitingRotation, key: TeamKey, at: number) {
  const { state, canStateTeamKeys, granter } = approver
  if (canStateTeamKeys) return stateNext(state, approver.author('approver'), publishTeamKey(key), at)
  const held = granter.granter.kind === 'user' ? await findHeldBy(state, teamId, granter.granter.id, heldBy) : null
  if (held === null) {
    throw new ClientError(
      'not_entitled',
      'Who admitted you to this team is gone or unknown to the log, so an approver must make its next key.',
    )
  }
  return stateNext(state, approver.author('member'), publishTeamKey(key, held), at)
}

async function grantToSelf({ granter }: Approver, state: LogState, key: TeamKey, at: number): Promise<SignedStatement | null> {
  if (granter.granter.kind !== 'user') return null
  return grantTeamKey(state, key, certifiedUser(state, granter.granter.id), granter, at)
}

interface GivenFolders {
  readonly folderGrants: SignedStatement[]
  readonly unopened: FolderId[]
  readonly skipped: Skipped[]
}

/**
 * The keys of the team's folders for its next key. One that does not open must not keep the leaver in all the others; nor is
 * one given on whose granter the log vouches for no more, or it would be vouched for again: it gets a key of its own instead.
 */
async function giveFolders(
  approver: Approver,
  keyring: Keyring,
  { teamId }: WaitingRotation,
  to: VerifiedTeamKey,
  at: number,
): Promise<GivenFolders> {
  const { folders, people } = await call(approver.connection, readTeamFolders, { team: teamId })
  const given: GivenFolders = { folderGrants: [], unopened: [], skipped: [] }
  const giveOne = async (folder: TeamFolder) => {
    const { folderId } = folder
    try {
      given.folderGrants.push(await regrant(approver, keyring, folder, people, to, at))
    } catch (error) {
      given.unopened.push(folderId)
      given.skipped.push({ what: 'folder', teamId, folderId, ...refusalOf(error) })
    }
  }
  await Promise.all(folders.map(giveOne))
  return given
}

async function regrant(
  approver: Approver,
  keyring: Keyring,
  { folderId, folderEpoch, teamEpoch, grant }: TeamFolder,
  people: readonly OfferedUser[],
  to: VerifiedTeamKey,
  at: number,
): Promise<SignedStatement> {
  const teamKey = await keyring.teamKey(to.id, teamEpoch)
  if (teamKey === null) throw new ClientError('unknown_key', noKey.why)
  const by = granterOf(grant)
  const offered = people.find(({ userId }) => userId === by.id)?.identity
  const granter = await verifiedGranter(approver, by, offered)
  const wanted = { folderId, epoch: folderEpoch }
  const key = await openFolderKey(approver.state.enterprise, grant, wanted, granter, asTeam(teamKey))
  return grantFolderKey(key, to, approver.granter, at)
}
