import {
  MOST_AT_ONCE,
  type WaitingApprovers,
  type WaitingMembership,
  type WaitingPerson,
  type WaitingRotation,
  type WaitingTeam,
} from '@claviger/contract/api/approvals.ts'
import { AppError } from '../errors.ts'
import { aside } from '../storage/aside.ts'
import type { Db } from '../storage/database.ts'
import type { ApprovingCaller } from './caller.ts'
import { type Reach, reachOf } from './reach.ts'
import { waitingApprovers, waitingMemberships, waitingPeople, waitingRotations, waitingTeams } from './waiting.ts'

/** What a caller could do for others now, a page of it. */
export interface Work {
  people: WaitingPerson[]
  teams: WaitingTeam[]
  approvers: WaitingApprovers[]
  rotations: WaitingRotation[]
  memberships: WaitingMembership[]
  next: string | null
}

/** The parts in the order in which they are to be done; a page may hold several. */
const parts = ['people', 'teams', 'approvers', 'rotations', 'memberships'] as const
type Part = (typeof parts)[number]

/**
 * What waits for somebody like the caller, at most 500 things after `after`. Nothing is promised: what is asked for later
 * may have been done by others.
 * @throws AppError `invalid_cursor`
 */
export async function readWork(db: Db, caller: ApprovingCaller, after: string | undefined): Promise<Work> {
  const reach = await reachOf(db, caller)
  // Administrators and automators look over every team of their nodes, which takes a while where there are many.
  const read = reach.nodes.memberships === '[]' ? db : aside(db)
  const work: Work = { people: [], teams: [], approvers: [], rotations: [], memberships: [], next: null }
  let { part, place } = readCursor(after)
  let room = MOST_AT_ONCE
  while (part !== undefined) {
    const { found, last } = await readPart(read, reach, part, place, room)
    Object.assign(work, { [part]: found })
    room -= found.length
    if (last !== null) return { ...work, next: `${part}:${last}` }
    part = parts[parts.indexOf(part) + 1]
    place = ''
    if (room <= 0 && part !== undefined) return { ...work, next: `${part}:` }
  }
  return work
}

/** One part after a place. `last` is where to go on, or null at its end. */
function readPart(db: Db, reach: Reach, part: Part, place: string, limit: number): Promise<{ found: unknown[]; last: string | null }> {
  switch (part) {
    case 'people':
      return waitingPeople(db, reach, place, limit)
    case 'teams':
      return waitingTeams(db, reach, place, limit)
    case 'approvers':
      return waitingApprovers(db, reach, place, limit)
    case 'rotations':
      return waitingRotations(db, reach, place, limit)
    case 'memberships':
      return waitingMemberships(db, reach, place, limit)
  }
}

const CURSOR = /^(people|teams|approvers|rotations|memberships):((?:[0-9a-f-]{36}(?:\/[0-9a-f-]{36})?)?)$/

function readCursor(after: string | undefined): { part: Part | undefined; place: string } {
  if (after === undefined) return { part: parts[0], place: '' }
  const [, name, place = ''] = CURSOR.exec(after) ?? []
  const part = parts.find((known) => known === name)
  if (part === undefined) throw new AppError('invalid_cursor', 'after is not a place that this list gave out: read it from the start.')
  return { part, place }
}
