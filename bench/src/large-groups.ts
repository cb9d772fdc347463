import { type Compared, compareLatencies, type Side } from './compare.ts'
import type { Row } from './figures.ts'
import { idsOfUsers, startFilled } from './filled-store.ts'
import type { Product } from './product.ts'
import type { Bench, Topic } from './topic.ts'
import { demand, requestText, Wire } from './wire.ts'
import { oncePer } from './workshop.ts'

const SMALL = 10
/** Users in no group, to be added and removed. */
const SPARE = 20
/** Members in one request, while the large group is made. */
const AT_ONCE = 10_000

/** A server with one large group and one small one. */
export interface LargeGroups {
  readonly product: Product
  readonly largeId: string
  readonly smallId: string
  /** All users, the members of the large group first. */
  readonly userIds: readonly string[]
}

/** Made once: reading the large group is another topic's business. */
export const largeGroups = oncePer(async ({ workshop, sizes }: Bench): Promise<LargeGroups> => {
  const product = await startFilled(workshop, sizes.members + SPARE)
  const userIds = await idsOfUsers(product, sizes.members + SPARE)
  const members = userIds.slice(0, sizes.members)
  const largeId = await makeGroup(product, 'Everyone', members)
  const smallId = await makeGroup(product, 'A few', members.slice(0, SMALL))
  return { product, largeId, smallId, userIds }
})

/** Makes a group through SCIM, its members in requests of 10,000. @returns its id */
export async function makeGroup(product: Product, displayName: string, userIds: readonly string[]): Promise<string> {
  const wire = await Wire.to(product.port)
  const { id }: { id: string } = JSON.parse(
    (await demand(wire, requestText(product, 'POST', '/Groups', { displayName, members: [] }))).body,
  )
  for (let from = 0; from < userIds.length; from += AT_ONCE) {
    const value = userIds.slice(from, from + AT_ONCE).map((userId) => ({ value: userId }))
    await demand(wire, patchMembers(product, id, { op: 'add', path: 'members', value }))
  }
  wire.close()
  return id
}

/** One member more or less in a group of 100,000 against a group of 10. */
export const members: Topic = async (bench) => {
  const { product, largeId, smallId, userIds } = await largeGroups(bench)
  const spare = userIds.slice(-SPARE)
  const wire = await Wire.to(product.port)
  const side = (groupId: string, op: 'add' | 'remove'): Side => ({
    wire,
    request: (n) => {
      const userId = spare[n % SPARE] ?? ''
      return patchMembers(product, groupId, op === 'add' ? adds(userId) : removes(userId))
    },
  })
  // What is to be removed has to be there.
  const addAll = async () => {
    for (const userId of spare) for (const id of [largeId, smallId]) await demand(wire, patchMembers(product, id, adds(userId)))
  }
  const added = await alternately(bench, side(largeId, 'add'), side(smallId, 'add'), [side(largeId, 'remove'), side(smallId, 'remove')])
  await addAll()
  const removed = await alternately(bench, side(largeId, 'remove'), side(smallId, 'remove'), [side(largeId, 'add'), side(smallId, 'add')])
  wire.close()
  return [
    rowOf('members-add', 'PATCH that adds one member', bench, added),
    rowOf('members-remove', 'PATCH that removes one member', bench, removed),
  ]
}

/** Compares the two, and after each request undoes it with the like-numbered one of `undo`, unmeasured. */
function alternately({ sizes }: Bench, ours: Side, floor: Side, undo: readonly [Side, Side]): Promise<Compared> {
  return compareLatencies(sizes.rounds, ours, floor, async (n) => {
    for (const { wire, request } of undo) await demand(wire, request(n))
  })
}

function adds(userId: string) {
  return { op: 'add', path: 'members', value: [{ value: userId }] }
}

function removes(userId: string) {
  return { op: 'remove', path: `members[value eq "${userId}"]` }
}

/** A PATCH of one operation. */
export function patchMembers(product: Product, groupId: string, operation: Readonly<Record<string, unknown>>): string {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
  return requestText(product, 'PATCH', `/Groups/${groupId}`, { schemas, Operations: [operation] })
}

function rowOf(name: string, what: string, { sizes }: Bench, compared: Compared): Row {
  const words = `${what}: group of ${sizes.members.toLocaleString('en-GB')} against a group of ${SMALL}, median latency`
  return { name, what: words, ...compared, reach: { atMost: 1.5 } }
}
