import { CONNECTIONS, targetOf } from './create-users.ts'
import { median, medianRatio, type Row } from './figures.ts'
import { startBytesFloor } from './floors/start.ts'
import { largeGroups } from './large-groups.ts'
import type { Served } from './load.ts'
import type { Bench, Topic } from './topic.ts'
import { demand, requestText, Wire } from './wire.ts'

/** Users in turn, so that it is not one row that is read again and again. */
const IN_TURN = 200
const MEBIBYTE = 1024 * 1024
const WARM_SECONDS = 1

/** What is read, and the PATCH of a user, against bare node:http that answers the same bytes. */
export const reads: Topic = async (bench) => {
  const { product, userIds, largeId } = await largeGroups(bench)
  const ids = userIds.slice(0, IN_TURN)
  const get = (path: string) => requestText(product, 'GET', path)
  const activate = (id: string, active: boolean) =>
    requestText(product, 'PATCH', `/Users/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: { active } }],
    })
  return [
    await against(
      bench,
      'reads-user',
      'GET /Users/:id, 16 connections',
      ids.map((id) => get(`/Users/${id}`)),
    ),
    await against(bench, 'reads-list', 'GET /Users, the first 100, 16 connections', [get('/Users?startIndex=1&count=100')]),
    await against(bench, 'reads-patch', 'PATCH active of a user, 16 connections', [
      ...ids.map((id) => activate(id, false)),
      ...ids.map((id) => activate(id, true)),
    ]),
    await wholeGroup(bench, get(`/Groups/${largeId}`)),
  ]
}

async function against(bench: Bench, name: string, what: string, requests: readonly string[]): Promise<Row> {
  const { product } = await largeGroups(bench)
  const wire = await Wire.to(product.port)
  const floor = await startBytesFloor(bench.workshop, await demand(wire, requests[0] ?? ''))
  wire.close()
  const rounds: { ours: Served; floor: Served }[] = []
  const weigh = (target: typeof product | typeof floor, seconds: number) =>
    bench.load.weigh(target.server, { target: targetOf(target), connections: CONNECTIONS, seconds, work: { kind: 'these', requests } })
  for (const target of [product, floor]) await weigh(target, WARM_SECONDS)
  for (let round = 0; round < bench.sizes.rounds; round++)
    rounds.push({ ours: await weigh(product, bench.sizes.seconds / 2), floor: await weigh(floor, bench.sizes.seconds / 2) })
  await floor.server.stop()
  const micros = (of: 'ours' | 'floor') => Math.round(median(rounds.map((round) => round[of].cpuMicros)))
  return {
    name,
    what: `${what}, against bare node:http with the same bytes`,
    figure: { value: median(rounds.map(({ ours }) => ours.rate)), unit: 'requests/s' },
    floor: { value: median(rounds.map((round) => round.floor.rate)), unit: 'requests/s' },
    ratio: medianRatio(rounds.map((round) => ({ ours: round.ours.rate, floor: round.floor.rate }))),
    note: `processor µs a request: ${micros('ours')} against ${micros('floor')}; p99 ${median(rounds.map(({ ours }) => ours.p99)).toFixed(1)} ms`,
  }
}

/** The one answer that may be long: it must come in pieces and not be held whole. */
async function wholeGroup(bench: Bench, request: string): Promise<Row> {
  const { product } = await largeGroups(bench)
  const before = product.server.usage()
  const wire = await Wire.to(product.port)
  const answer = await demand(wire, request)
  const floorServer = await startBytesFloor(bench.workshop, answer)
  const floorWire = await Wire.to(floorServer.port)
  const times: { ours: number; floor: number; first: number }[] = []
  for (let round = 0; round < bench.sizes.rounds; round++) {
    const ours = await wire.send(request)
    const floor = await floorWire.send(request)
    times.push({ ours: ours.millis, floor: floor.millis, first: ours.firstByteMillis })
  }
  wire.close()
  floorWire.close()
  await floorServer.server.stop()
  const after = product.server.usage()
  const megabytes = (bytes: number) => `${(bytes / MEBIBYTE).toFixed(0)} MB`
  return {
    name: 'reads-group',
    what: `GET of a group of ${bench.sizes.members.toLocaleString('en-GB')} members (${megabytes(answer.bytes)}), against bare node:http with the same bytes`,
    figure: { value: median(times.map(({ ours }) => ours)), unit: 'ms' },
    floor: { value: median(times.map(({ floor }) => floor)), unit: 'ms' },
    ratio: medianRatio(times),
    note: `first byte after ${median(times.map(({ first }) => first)).toFixed(1)} ms; memory ${megabytes(before.residentBytes)} before, ${megabytes(after.residentBytes)} after, at most ${megabytes(after.peakBytes)}`,
  }
}
