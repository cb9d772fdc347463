import { connectDirectory } from '@claviger/directory-simulator/connect.ts'
import { groups, people } from '@claviger/directory-simulator/population.ts'
import { pushPopulation } from '@claviger/directory-simulator/push-population.ts'
import { blankFile, copyOf, type Product, startProduct } from './product.ts'
import type { Topic } from './topic.ts'
import { demand, requestText, Wire } from './wire.ts'
import { say } from './workshop.ts'

const MEMBERS = 200
/** Groups that are read back, evenly among all. */
const READ_BACK = 20
const SAY_EVERY = 20_000

/** A whole company, as a custom app of Okta pushes it: a filter and a POST for each person, a POST and a PUT for each group. */
export const oktaPush: Topic = async ({ workshop, sizes }) => {
  const blank = await blankFile(workshop)
  const product = await startProduct(workshop, blank, copyOf(blank, workshop))
  const staff = people(sizes.people)
  const pushed = groups(sizes.groups, MEMBERS, staff)
  const baseUrl = `http://127.0.0.1:${product.port}${product.base}`
  const directory = connectDirectory({ kind: 'okta', flavour: 'custom' }, { baseUrl, token: product.token, record: false })
  const before = product.server.usage().cpuMicros
  const report = await pushPopulation(
    directory,
    { people: staff, groups: pushed },
    {
      onProgress: ({ phase, done }) => {
        if (done > 0 && done % SAY_EVERY === 0) say(`okta: ${done} ${phase}`)
      },
    },
  )
  const busy = (product.server.usage().cpuMicros - before) / 1000 / report.ms
  directory.close()
  if (!report.ok) throw new Error(`the push failed: ${JSON.stringify(report.failures)}`)
  await mindPushed(product, sizes.people, pushed)
  await product.server.stop()
  return [
    {
      name: 'okta',
      what: `${sizes.people.toLocaleString('en-GB')} users and ${sizes.groups.toLocaleString('en-GB')} groups of ${MEMBERS} pushed as Okta does, and read back`,
      figure: { value: report.ms / 1000, unit: 's' },
      note: `${Math.round(report.people.rate)} users/s, ${Math.round(report.groups.rate)} groups/s, ${Math.round(report.requestRate)} requests/s; the server took ${Math.round(busy * 100)} % of a processor, the directory the rest`,
    },
  ]
}

/** @throws Error where the server does not have exactly what was pushed */
async function mindPushed(product: Product, users: number, pushed: readonly { name: string; members: readonly string[] }[]) {
  const wire = await Wire.to(product.port)
  const get = async <T>(path: string): Promise<T> => JSON.parse((await demand(wire, requestText(product, 'GET', path))).body)
  const total = async (type: string) => (await get<{ totalResults: number }>(`/${type}?count=0`)).totalResults
  const counted = { users: (await total('Users')) - 1, groups: await total('Groups') }
  if (counted.users !== users || counted.groups !== pushed.length)
    throw new Error(`after the push there are ${counted.users} users and ${counted.groups} groups`)
  const step = Math.max(1, Math.floor(pushed.length / READ_BACK))
  for (const { name, members } of pushed.filter((_, index) => index % step === 0)) {
    const found = await get<{ Resources: { members: { display: string }[] }[] }>(
      `/Groups?filter=${encodeURIComponent(`displayName eq "${name}"`)}`,
    )
    const names = found.Resources[0]?.members.map(({ display }) => display).toSorted()
    if (JSON.stringify(names) !== JSON.stringify(members.toSorted()))
      throw new Error(`the group ${name} has other members than were pushed`)
  }
  wire.close()
}
