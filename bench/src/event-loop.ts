import { setTimeout as sleep } from 'node:timers/promises'
import { quantile, type Row } from './figures.ts'
import { FILLED_TAG, userNameEq } from './filled-store.ts'
import { largeGroups, makeGroup } from './large-groups.ts'
import { manyUsers } from './million-users.ts'
import { newUser } from './new-user.ts'
import { probedWhile } from './probe.ts'
import type { Product } from './product.ts'
import type { Bench, Topic } from './topic.ts'
import { demand, requestText, Wire } from './wire.ts'

const PUT_MEMBERS = 10_000
/** A tail needs more than a median. */
const AGAIN = 4
const QUIET_MILLIS = 2_000

/** How long a directory's look-up takes while the server has something large to do. */
export const eventLoop: Topic = async (bench) => [await whilePutting(bench), await whileScanning(bench)]

/** Each PUT replaces all members by others. */
async function whilePutting(bench: Bench): Promise<Row> {
  const { product, userIds } = await largeGroups(bench)
  const half = Math.min(PUT_MEMBERS, Math.floor(userIds.length / 2))
  const id = await makeGroup(product, 'Replaced', userIds.slice(0, half))
  const times: number[] = []
  const work = async (wire: Wire) => {
    for (let round = 1; round <= bench.sizes.rounds * AGAIN; round++) {
      const from = (round % 2) * half
      const members = userIds.slice(from, from + half).map((value) => ({ value }))
      times.push((await demand(wire, requestText(product, 'PUT', `/Groups/${id}`, { displayName: 'Replaced', members }))).millis)
    }
  }
  return rowOf('loop-put', `PUTs of a group of ${half.toLocaleString('en-GB')} members`, product, work, times)
}

async function whileScanning(bench: Bench): Promise<Row> {
  const product = await manyUsers(bench)
  const times: number[] = []
  const path = `/Users?count=10&filter=${encodeURIComponent('name.familyName co "x"')}`
  const work = async (wire: Wire) => {
    for (let round = 1; round <= bench.sizes.rounds; round++) times.push((await demand(wire, requestText(product, 'GET', path))).millis)
  }
  const what = `filters without an index over ${bench.sizes.users.toLocaleString('en-GB')} users (name.familyName co "x")`
  return rowOf('loop-scan', what, product, work, times)
}

async function rowOf(name: string, what: string, product: Product, work: (wire: Wire) => Promise<void>, times: number[]): Promise<Row> {
  const request = requestText(product, 'GET', userNameEq(newUser(FILLED_TAG, 5).email))
  const wire = await Wire.to(product.port)
  const quiet = await probedWhile(product.port, request, () => sleep(QUIET_MILLIS))
  const busy = await probedWhile(product.port, request, () => work(wire))
  wire.close()
  const p99 = { busy: quantile(busy, 0.99), quiet: quantile(quiet, 0.99) }
  return {
    name,
    what: `userName eq every 20 ms, p99, during ${what}, against when nothing else is asked`,
    figure: { value: p99.busy, unit: 'ms' },
    floor: { value: p99.quiet, unit: 'ms' },
    ratio: p99.busy / p99.quiet,
    note: `median ${quantile(busy, 0.5).toFixed(1)} ms, longest ${Math.max(...busy).toFixed(0)} ms; each of the ${times.length} took ${quantile(times, 0.5).toFixed(0)} ms`,
  }
}
