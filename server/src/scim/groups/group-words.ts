import type { MemberChanges } from '../../teams/members.ts'
import type { Team } from '../../teams/team.ts'
import type { Told } from '../outcome.ts'

/** What became of a team in one request. */
export type GroupEvent =
  | { readonly kind: 'created' | 'restored' | 'updated' }
  /** With the ids of its members. */
  | { readonly kind: 'archived'; readonly members: readonly string[] }
  | { readonly kind: 'renamed'; readonly name: string }
  | { readonly kind: 'members'; readonly change: MemberChanges }

/** What a request did to a team, in the words of the provisioning log. `team` is as it was before, or as it was made. */
export function toldOfGroup(operation: string, team: Team, events: readonly GroupEvent[]): Told {
  const words = events.map((event) => wordsOf(team, event)).filter((sentence) => sentence !== '')
  const ignored = events.flatMap((event) => (event.kind === 'members' ? event.change.ignored : []))
  return {
    operation,
    subjectKind: 'team',
    subjectId: team.id,
    summary: words.length === 0 ? `Team ${team.name} was like this already: nothing changed.` : words.join(' '),
    advice:
      ignored.length === 0
        ? undefined
        : `The directory still lists deleted users in this group (${ignored.slice(0, 10).join(', ')}): remove them from it there.`,
  }
}

function wordsOf(team: Team, event: GroupEvent): string {
  switch (event.kind) {
    case 'created':
      return `Created the pending team ${team.name}: an approver must approve it.`
    case 'restored':
      return `Brought back the archived team ${team.name}, with what is shared with it.`
    case 'updated':
      return `Updated the attributes of team ${team.name}.`
    case 'archived':
      return `Archived team ${team.name}: nothing of it is lost until an administrator purges it.`
    case 'renamed':
      return `Renamed team ${team.name} to ${event.name}.`
    case 'members':
      return wordsOfMembers(team, event.change)
  }
}

function wordsOfMembers(team: Team, { added, removed, ignored }: MemberChanges): string {
  const parts = [
    added > 0 && `added ${people(added)} (pending until approved)`,
    removed.length > 0 && `removed ${people(removed.length)}`,
    ignored.length > 0 && `passed over ${people(ignored.length)} whom the directory has deleted`,
  ].filter((part) => part !== false)
  return parts.length === 0 ? '' : `Team ${team.name}: ${parts.join(', ')}.`
}

/** So many members, in words. */
export function people(count: number): string {
  return count === 1 ? '1 member' : `${count} members`
}
