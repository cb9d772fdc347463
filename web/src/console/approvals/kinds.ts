import { type PendingItem, PendingKind } from '@claviger/contract/api/pending.ts'

/** What waits, in the order in which it stands on the page: what others wait for comes first. */
export const kindTitles: Readonly<Record<PendingKind, string>> = {
  'log-key': 'Keys of the approvers',
  team: 'Teams',
  rotation: 'Next keys of teams',
  membership: 'Memberships',
  user: 'People',
  device: 'Devices',
  'folder-rotation': 'Next keys of folders',
}

export const kindsInOrder: readonly PendingKind[] = ['log-key', 'team', 'rotation', 'membership', 'user', 'device', 'folder-rotation']

/** The kind that a text names; undefined where it names none. */
export function kindOf(text: string | undefined): PendingKind | undefined {
  return PendingKind.safeParse(text).data
}

/** What a thing that waits is called. */
export function titleOf({ kind, team, email }: PendingItem): string {
  if (kind === 'membership') return `${email ?? ''} on ${team ?? ''}`
  if (kind === 'log-key') return 'Key of the enterprise log'
  if (kind === 'folder-rotation') return team === null ? 'A folder of yours' : `A folder of ${team}`
  return team ?? email ?? ''
}

export function keyOf({ kind, teamId, userId, subjectId, reason }: PendingItem): string {
  return [kind, teamId, userId, subjectId, kind === 'log-key' ? reason : ''].join(' ')
}
