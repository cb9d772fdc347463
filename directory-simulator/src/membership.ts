import { z } from 'zod'
import type { Resource } from './answer.ts'
import type { Member } from './dialect.ts'
import { unmatched } from './failure.ts'

const Members = z.object({
  members: z.array(z.object({ value: z.string(), display: z.string().optional().catch(undefined) })),
})

/** The members that a Group resource names, by id; none where it has no `members` at all. */
export function membersOf(group: unknown): Map<string, Member> {
  const read = Members.safeParse(group)
  if (!read.success) return new Map()
  return new Map(read.data.members.map(({ value, display }) => [value, { id: value, userName: display ?? value }]))
}

/** Whether a Group resource has `members` at all, if only an empty array. */
export function tellsMembers(group: unknown): boolean {
  return Members.safeParse(group).success
}

/** The group that was found, or the failure that there is none. */
export function groupRequired(found: Resource | null): Resource {
  if (found === null) throw unmatched('Matching group not found.')
  return found
}
