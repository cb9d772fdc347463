import type { Team } from '../../teams/team.ts'
import type { Effect } from '../outcome.ts'
import type { GroupChange } from '../patch/patch-group.ts'
import type { GroupEvent } from './group-words.ts'
import { people } from './group-words.ts'

/** What a request about a team means for people. `team` is as it was before, or as it was made; `asked`: what it said. */
export function effectOfGroup(team: Team, events: readonly GroupEvent[], asked: readonly GroupChange[]): Effect {
  const members = events.flatMap((event) => (event.kind === 'members' ? [event.change] : []))
  const removed = members.flatMap((change) => change.removed)
  const archived = events.flatMap((event) => (event.kind === 'archived' ? event.members : []))
  const added = members.reduce((sum, change) => sum + change.added, 0)
  return {
    takes: [...new Set([...removed, ...archived])],
    keeps: () => asked.flatMap((change) => (change.kind === 'add' || change.kind === 'set' ? change.userIds : [])),
    whole: events.some(({ kind }) => kind === 'archived') || asked.some(({ kind }) => kind === 'set'),
    changed: events.some((event) => event.kind !== 'members' || event.change.added + event.change.removed.length > 0),
    added,
    removed: removed.length,
    would: () =>
      events
        .map((event) => wordsOf(team, event))
        .filter(Boolean)
        .join(' ') || `Would change nothing of team ${team.name}.`,
  }
}

function wordsOf(team: Team, event: GroupEvent): string {
  switch (event.kind) {
    case 'created':
      return `Would create the pending team ${team.name}.`
    case 'restored':
      return `Would bring back the archived team ${team.name}.`
    case 'updated':
      return `Would update the attributes of team ${team.name}.`
    case 'archived':
      return `Would archive team ${team.name}${event.members.length > 0 ? `, with ${people(event.members.length)}` : ''}.`
    case 'renamed':
      return `Would rename team ${team.name} to ${event.name}.`
    case 'members':
      return wordsOfMembers(team, event.change.added, event.change.removed.length)
  }
}

function wordsOfMembers(team: Team, added: number, removed: number): string {
  const parts = [added > 0 && `add ${people(added)}`, removed > 0 && `remove ${people(removed)}`].filter((part) => part !== false)
  return parts.length === 0 ? '' : `Would ${parts.join(' and ')} ${added > 0 ? 'on' : 'from'} team ${team.name}.`
}
