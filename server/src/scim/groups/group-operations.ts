import type { Scope } from '../../nodes/scope.ts'
import type { Trx } from '../../storage/database.ts'
import { archiveTeam } from '../../teams/archive.ts'
import { createTeam } from '../../teams/create.ts'
import { addMembers, type MemberChanges, removeMembers, setMembers } from '../../teams/members.ts'
import { memberIdsOf } from '../../teams/read-members.ts'
import { renameTeam, setTeamExternalId } from '../../teams/rename.ts'
import { findArchived, restoreTeam } from '../../teams/restore.ts'
import { findTeam, lockTeam, type Team } from '../../teams/team.ts'
import { MAX_PATCH_OPERATIONS } from '../context.ts'
import type { Outcome } from '../outcome.ts'
import { type GroupChange, readGroup, readGroupPatch } from '../patch/patch-group.ts'
import { readPatch } from '../patch/patch-operations.ts'
import { mindVersion } from '../preconditions.ts'
import { groupLocation } from '../present.ts'
import { effectOfGroup } from './group-effects.ts'
import { type GroupEvent, toldOfGroup } from './group-words.ts'

/** POST /Groups: what a directory pushes becomes a pending team, or brings the archived one back. The caller presents the team after the commit. */
export async function postGroup(trx: Trx, scope: Scope, base: string, body: unknown): Promise<Outcome & { team: Team }> {
  const { displayName, externalId, memberIds } = readGroup(body)
  const archived = externalId == null ? undefined : await findArchived(trx, scope, displayName, externalId)
  const team =
    archived === undefined
      ? await createTeam(trx, scope, { name: displayName, externalId: externalId ?? null })
      : await restoreTeam(trx, scope, archived)
  const made: GroupEvent = { kind: archived === undefined ? 'created' : 'restored' }
  // Of a team that comes back the directory says anew who is on it.
  const ids = memberIds === undefined ? undefined : [...memberIds]
  const change = archived === undefined ? ids && (await addMembers(trx, scope, team, ids)) : await setMembers(trx, scope, team, ids ?? [])
  const told = (removed: string[]): GroupEvent[] => [
    made,
    ...(change ? [{ kind: 'members' as const, change: { ...change, removed } }] : []),
  ]
  return {
    status: 201,
    team,
    location: groupLocation(base, team.id),
    version: await versionOf(trx, scope, team),
    told: toldOfGroup('team.create', team, told(change?.removed ?? [])),
    // Who was on the archived team could open nothing of it, so nothing is taken from them.
    effect: { ...effectOfGroup(team, told([]), []), creates: team.name_key },
  }
}

/** PUT /Groups/:id: the team as the body says; no members in it means that there are none (RFC 7644 §3.5.1). */
export async function putGroup(trx: Trx, scope: Scope, id: string, body: unknown, ifMatch?: string): Promise<Outcome & { team: Team }> {
  const wanted = readGroup(body)
  return change(trx, scope, id, ifMatch, [
    { kind: 'rename', name: wanted.displayName },
    { kind: 'externalId', value: wanted.externalId ?? null },
    { kind: 'set', userIds: [...(wanted.memberIds ?? [])] },
  ])
}

/** PATCH /Groups/:id (RFC 7644 §3.5.2): all operations or none. */
export async function patchGroup(trx: Trx, scope: Scope, id: string, body: unknown, ifMatch?: string): Promise<Outcome & { team: Team }> {
  return change(trx, scope, id, ifMatch, readGroupPatch(readPatch(body, MAX_PATCH_OPERATIONS), id))
}

/** DELETE /Groups/:id: the team is archived. */
export async function removeGroup(trx: Trx, scope: Scope, id: string, ifMatch?: string): Promise<Outcome> {
  if (ifMatch !== undefined) mindVersion(ifMatch, (await lockTeam(trx, scope, id)).version)
  const team = await archiveTeam(trx, scope, id)
  const events = [{ kind: 'archived', members: await memberIdsOf(trx, team.id) }] as const
  return { status: 204, told: toldOfGroup('team.archive', team, events), effect: effectOfGroup(team, events, []) }
}

async function change(trx: Trx, scope: Scope, id: string, ifMatch: string | undefined, changes: readonly GroupChange[]) {
  const team = await lockTeam(trx, scope, id)
  mindVersion(ifMatch, team.version)
  const events: GroupEvent[] = []
  let now = team
  for (const each of changes) {
    const made = await apply(trx, scope, now, each)
    events.push(...made)
    if (made.length > 0) now = after(now, each)
  }
  const outcome: Outcome & { team: Team } = {
    status: 204,
    team,
    version: events.length === 0 ? team.version : await versionOf(trx, scope, team),
    told: toldOfGroup('team.update', team, events),
    effect: effectOfGroup(team, events, changes),
  }
  return outcome
}

async function apply(trx: Trx, scope: Scope, team: Team, change: GroupChange): Promise<GroupEvent[]> {
  switch (change.kind) {
    case 'rename':
      return (await renameTeam(trx, scope, team, change.name)) ? [{ kind: 'renamed', name: change.name.trim() }] : []
    case 'externalId':
      return (await setTeamExternalId(trx, scope, team, change.value)) ? [{ kind: 'updated' }] : []
    case 'add':
      return membersEvent(await addMembers(trx, scope, team, [...change.userIds]))
    case 'remove':
      return membersEvent(await removeMembers(trx, scope, team, [...change.userIds]))
    case 'set':
      return membersEvent(await setMembers(trx, scope, team, [...change.userIds]))
  }
}

/** The team as the next operation of the request finds it. */
function after(team: Team, change: GroupChange): Team {
  if (change.kind === 'rename') return { ...team, name: change.name.trim() }
  return change.kind === 'externalId' ? { ...team, external_id: change.value } : team
}

function membersEvent(change: MemberChanges): GroupEvent[] {
  return change.added + change.removed.length + change.ignored.length === 0 ? [] : [{ kind: 'members', change }]
}

async function versionOf(trx: Trx, scope: Scope, team: Team): Promise<number> {
  return (await findTeam(trx, scope.nodeId, team.id)).version
}
