import { PendingItem, PendingKind } from '@claviger/contract/api/pending.ts'
import { AppError } from '../errors.ts'
import type { Asking } from '../nodes/rights.ts'
import { aside } from '../storage/aside.ts'
import type { Db, Millis } from '../storage/database.ts'
import { pendingDevices, pendingFolders, pendingLogKeys } from './pending-keys.ts'
import { pendingMemberships } from './pending-memberships.ts'
import { pendingRotations, pendingTeams } from './pending-teams.ts'
import { pendingUsers } from './pending-users.ts'
import { type About, type PendingView, viewOf, type Waiting, type WaitingPage } from './pending-view.ts'
import { Unblockers } from './unblockers.ts'

const PER_KIND = 100

interface Reader {
  readonly read: (db: Db, view: PendingView, after: string, limit: number) => Promise<WaitingPage>
  /** Of what such a thing can be: of nothing else is it asked. */
  readonly of: readonly (keyof About)[]
}

const readers: Readonly<Record<PendingKind, Reader>> = {
  'log-key': { read: pendingLogKeys, of: [] },
  team: { read: pendingTeams, of: ['team'] },
  membership: { read: pendingMemberships, of: ['team', 'user'] },
  rotation: { read: pendingRotations, of: ['team'] },
  'folder-rotation': { read: pendingFolders, of: ['team'] },
  device: { read: pendingDevices, of: ['user'] },
  user: { read: pendingUsers, of: ['user'] },
}

/**
 * What waits, why, and who can end the wait, as the caller may know it: administrators in the nodes that they read,
 * members what they wait for themselves and whom they could admit.
 * @param page of one kind after a place, or the first of each kind; of one person or team where it says so
 * @throws AppError `invalid_cursor`
 */
export async function readPending(
  db: Db,
  caller: Asking,
  page: About & { kind?: PendingKind | undefined; after?: string | undefined; limit?: number | undefined },
  at: Millis,
): Promise<{ items: PendingItem[]; more: { kind: PendingKind; after: string }[] }> {
  const { kind, after = '', limit = PER_KIND, user, team } = page
  if (after !== '' && (kind === undefined || !/^[0-9a-f-]{36}(\/[0-9a-f-]{36})?$/.test(after))) {
    throw new AppError('invalid_cursor', 'after is not a place that this list gave out for one kind: read it from the start.')
  }
  const view = await viewOf(db, caller, { user, team }, at)
  // Administrators look over all of their nodes, which takes a while where there are many people.
  const read = view.nodes.length === 0 ? db : aside(db)
  const unblockers = new Unblockers(read, caller.enterpriseId, view.log, at)
  const items: PendingItem[] = []
  const more: { kind: PendingKind; after: string }[] = []
  for (const each of kind === undefined ? PendingKind.options : [kind]) {
    const reader = readers[each]
    if ((user !== undefined && !reader.of.includes('user')) || (team !== undefined && !reader.of.includes('team'))) continue
    const { found, last } = await reader.read(read, view, after, limit)
    items.push(...(await Promise.all(found.map((waiting) => shown(waiting, unblockers, caller.userId)))))
    if (last !== null) more.push({ kind: each, after: last })
  }
  return { items, more }
}

async function shown(waiting: Waiting, unblockers: Unblockers, caller: string): Promise<PendingItem> {
  const { enders, ...item } = waiting
  // Who waits to be given a key cannot give it to themselves; they can register, or let their own device in.
  const apartFrom = item.kind === 'membership' && !enders.some(({ who }) => who === 'user') ? (item.userId ?? undefined) : undefined
  const who = await unblockers.of(enders, caller, apartFrom)
  const { teamId = null, team = null, userId = null, email = null, subjectId = null } = item
  return PendingItem.parse({ ...item, teamId, team, userId, email, subjectId, ...who })
}
