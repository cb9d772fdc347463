import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Db } from '../../storage/database.ts'
import { readMembers } from '../../teams/read-members.ts'
import type { Team } from '../../teams/team.ts'
import { LIST_URN } from '../lists/list-response.ts'
import { type Projection, project, wants } from '../lists/projection.ts'
import { SCIM_TYPE } from '../outcome.ts'
import { presentGroup, presentMember } from '../present.ts'

/** Characters that are collected before a response becomes a stream. */
const SENT_WHOLE = 256 * 1024

/** The text of a Group resource, in pieces: a team of 100,000 members is never held whole. */
export async function* groupJson(db: Db, team: Team, base: string, projection: Projection | undefined): AsyncGenerator<string> {
  const head = presentGroup(
    {
      id: team.id,
      displayName: team.name,
      externalId: team.external_id,
      members: undefined,
      createdAt: team.created_at,
      updatedAt: team.updated_at,
      version: team.version,
    },
    base,
  )
  const text = JSON.stringify(project(head, projection))
  if (!wants(projection, 'members')) {
    yield text
    return
  }
  // `members` stands last, so that it can follow what is known at once.
  yield `${text.slice(0, -1)},"members":[`
  let separator = ''
  for await (const page of readMembers(db, team.id)) {
    // Projected in an array, as `members` is; a projection can leave nothing of a member.
    const members = page.map((member) => project({ members: [presentMember(member, base)] }, projection)['members'])
    const texts = members.flatMap((member) => (member === undefined ? [] : [JSON.stringify(member).slice(1, -1)]))
    if (texts.length === 0) continue
    yield separator + texts.join(',')
    separator = ','
  }
  yield ']}'
}

/** The text of a list of groups, in pieces. */
export async function* groupListJson(
  groups: readonly AsyncGenerator<string>[],
  page: { readonly total: number; readonly startIndex: number; readonly nextCursor: string | undefined },
): AsyncGenerator<string> {
  const head = {
    schemas: [LIST_URN],
    totalResults: page.total,
    startIndex: page.startIndex,
    itemsPerPage: groups.length,
    ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
  }
  yield `${JSON.stringify(head).slice(0, -1)},"Resources":[`
  let separator = ''
  for (const group of groups) {
    yield separator
    yield* group
    separator = ','
  }
  yield ']}'
}

/** Sends a text that comes in pieces: whole where it is small, as a stream where it is not. */
export async function sendPieces(reply: FastifyReply, pieces: AsyncGenerator<string>): Promise<FastifyReply> {
  let begun = ''
  while (begun.length < SENT_WHOLE) {
    const { done, value } = await pieces.next()
    if (done) return reply.type(SCIM_TYPE).send(begun)
    begun += value
  }
  return reply.type(SCIM_TYPE).send(Readable.from(continued(begun, pieces)))
}

async function* continued(begun: string, pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  yield begun
  yield* pieces
}
