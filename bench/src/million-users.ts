import { type Compared, compareLatencies, type Side } from './compare.ts'
import { targetOf } from './create-users.ts'
import type { Row } from './figures.ts'
import { FILLED_TAG, LONGEST_PAGE, startFilled, userNameEq } from './filled-store.ts'
import { newUsers } from './load.ts'
import { newGroupName, newUser } from './new-user.ts'
import type { Product } from './product.ts'
import type { Bench, Topic } from './topic.ts'
import { demand, requestText, Wire } from './wire.ts'
import { oncePer, say } from './workshop.ts'

const SMALLER_BY = 1000
const USERS_FOR_A_GROUP = 50
const MEBIBYTE = 1024 * 1024
const PAGE = 100
const REACH = { atMost: 1.5 }

/** The server on the large store. Made once: the event loop's topic uses it too. */
export const manyUsers = oncePer(async ({ workshop, sizes }: Bench) => startFilled(workshop, sizes.users))

/** What is looked up, and a page at the end, among a million users against among a thousand. */
export const millionUsers: Topic = async (bench) => {
  const { users } = bench.sizes
  const large = await manyUsers(bench)
  const small = await startFilled(bench.workshop, Math.ceil(users / SMALLER_BY))
  const groups = { large: Math.ceil(users / USERS_FOR_A_GROUP), small: Math.ceil(users / SMALLER_BY / USERS_FOR_A_GROUP) }
  sayMemory(large, 'start')
  await makeGroups(bench, large, groups.large)
  sayMemory(large, 'groups')
  await makeGroups(bench, small, groups.small)
  const rows = await lookUps(bench, large, small, groups)
  sayMemory(large, 'look-ups')
  rows.push(...(await pages(bench, large)))
  sayMemory(large, 'pages')
  rows.push(await memory(bench, large))
  await small.server.stop()
  return rows
}

function sayMemory({ server }: Product, after: string) {
  const { residentBytes, peakBytes } = server.usage()
  say(`memory after ${after}: ${Math.round(residentBytes / MEBIBYTE)} MB, at most ${Math.round(peakBytes / MEBIBYTE)} MB`)
}

function makeGroups({ load }: Bench, product: Product, count: number) {
  return load.run({ target: targetOf(product), connections: 16, seconds: 600, count, work: { kind: 'new groups' } })
}

async function lookUps(bench: Bench, large: Product, small: Product, groups: { large: number; small: number }): Promise<Row[]> {
  const { users } = bench.sizes
  const [largeWire, smallWire] = await Promise.all([Wire.to(large.port), Wire.to(small.port)])
  const side = (product: Product, of: number, path: (n: number) => string): Side => ({
    wire: product === large ? largeWire : smallWire,
    // A step that shares no divisor with powers of ten: every user once, far from the one before.
    request: (n) => requestText(product, 'GET', path((n * 7919) % of)),
  })
  const compare = (of: { large: number; small: number }, path: (n: number) => string) =>
    compareLatencies(bench.sizes.rounds, side(large, of.large, path), side(small, of.small, path))
  const counts = { large: users, small: Math.ceil(users / SMALLER_BY) }
  const named = await compare(counts, (n) => userNameEq(newUser(FILLED_TAG, n).email))
  const external = await compare(
    counts,
    (n) => `/Users?filter=${encodeURIComponent(`externalId eq "${newUser(FILLED_TAG, n).externalId}"`)}`,
  )
  const group = await compare(groups, (n) => `/Groups?filter=${encodeURIComponent(`displayName eq "${newGroupName(n)}"`)}`)
  largeWire.close()
  smallWire.close()
  const row = (name: string, what: string, of: { large: number; small: number }, compared: Compared): Row => ({
    name,
    what: `${what} among ${words(of.large)} against among ${words(of.small)}, median latency`,
    ...compared,
    reach: REACH,
  })
  return [
    row('million-username', 'userName eq', counts, named),
    row('million-externalid', 'externalId eq', counts, external),
    row('million-group', 'displayName eq of groups', groups, group),
  ]
}

/** Pages near the end against the first page, each of 100. */
async function pages({ sizes }: Bench, large: Product): Promise<Row[]> {
  const wire = await Wire.to(large.port)
  const depth = Math.max(0, Math.floor(sizes.users / LONGEST_PAGE) - 1) * LONGEST_PAGE
  const get = (path: string) => requestText(large, 'GET', path)
  const page = async (path: string) => {
    const answer: { Resources: unknown[]; nextCursor?: string } = JSON.parse((await demand(wire, get(path))).body)
    return answer
  }
  const cold = await demand(wire, get(`/Users?count=${PAGE}&startIndex=${depth + 1}`))
  let cursor = ''
  const began = performance.now()
  for (let at = 0; at < depth; at += LONGEST_PAGE) cursor = (await page(`/Users?count=${LONGEST_PAGE}&cursor=${cursor}`)).nextCursor ?? ''
  const seconds = (performance.now() - began) / 1000
  say(`paged by cursor to ${words(depth)} in ${seconds.toFixed(1)} s`)
  const first: Side = { wire, request: () => get(`/Users?count=${PAGE}&cursor=`) }
  const byCursor = await compareLatencies(sizes.rounds, { wire, request: () => get(`/Users?count=${PAGE}&cursor=${cursor}`) }, first)
  for (let at = 1; at <= depth; at += LONGEST_PAGE) await page(`/Users?count=${LONGEST_PAGE}&startIndex=${at}`)
  // The first of these begins where the walk ended, the others where the one before them did.
  const following = (n: number) => get(`/Users?count=${PAGE}&startIndex=${depth + 1 + (n % (LONGEST_PAGE / PAGE)) * PAGE}`)
  const byIndex = await compareLatencies(
    sizes.rounds,
    { wire, request: following },
    { wire, request: () => get(`/Users?count=${PAGE}&startIndex=1`) },
  )
  wire.close()
  const walked = `${words(Math.round(depth / seconds))} users/s while paging there, 1,000 at a time`
  const row = (name: string, what: string): Pick<Row, 'name' | 'what'> => ({
    name,
    what: `${what} at depth ${words(depth)} against the first page`,
  })
  return [
    { ...row('million-cursor', `page of ${PAGE} by cursor`), ...byCursor, reach: REACH, note: walked },
    { ...row('million-index', `page of ${PAGE} by startIndex, following the page before it,`), ...byIndex, reach: REACH },
    {
      ...row('million-cold', `page of ${PAGE} by startIndex that follows none,`),
      figure: { value: cold.millis, unit: 'ms' },
      floor: byIndex.floor,
      ratio: cold.millis / byIndex.floor.value,
    },
  ]
}

/** After the look-ups, two walks through all pages, and now writes. */
async function memory({ load, sizes }: Bench, large: Product): Promise<Row> {
  const written = await load.run({ target: targetOf(large), connections: 16, seconds: sizes.seconds, work: newUsers() })
  const { residentBytes, peakBytes } = large.server.usage()
  return {
    name: 'million-memory',
    what: `most memory that the server has held, with ${words(sizes.users)} users, after the queries and writes`,
    figure: { value: peakBytes / MEBIBYTE, unit: 'MB' },
    reach: { atMost: 250 },
    note: `${Math.round(residentBytes / MEBIBYTE)} MB at the end; ${words(written.done)} users made there at ${words(Math.round(written.done / written.seconds))}/s`,
  }
}

function words(count: number): string {
  return count.toLocaleString('en-GB')
}
