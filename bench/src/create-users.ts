import { median, medianRatio, type Row } from './figures.ts'
import { type Floor, startSqliteFloor } from './floors/start.ts'
import { newUsers, type Served } from './load.ts'
import { blankFile, copyOf, type Product, startProduct } from './product.ts'
import type { Bench, Topic } from './topic.ts'
import { say } from './workshop.ts'

export const CONNECTIONS = 16
/** Until the compiler has seen what is to be measured. */
export const WARM_SECONDS = 1.5

interface Round {
  readonly ours: Served
  readonly together: Served
  readonly alone: Served
  readonly loneOurs: Served
  readonly loneAlone: Served
}

/** POST /Users on SQLite: 16 at a time against both floors, and one at a time. */
export const createUsers: Topic = async (bench) => {
  const rounds: Round[] = []
  for (let round = 1; round <= bench.sizes.rounds; round++) {
    const measured = await measureRound(bench)
    rounds.push(measured)
    const { ours, together, alone } = measured
    say(`create ${round}/${bench.sizes.rounds}: ${ours.rate.toFixed(0)}/s, floors ${together.rate.toFixed(0)} and ${alone.rate.toFixed(0)}`)
  }
  return rowsOf(rounds)
}

/** Fresh stores for all; each slice of ours stands between slices of the floors, so that a disturbance meets all of them. */
async function measureRound({ workshop, load, sizes }: Bench): Promise<Round> {
  const blank = await blankFile(workshop)
  const ours = await startProduct(workshop, blank, copyOf(blank, workshop))
  const together = await startSqliteFloor(workshop, copyOf(blank, workshop), blank.scope, true)
  const alone = await startSqliteFloor(workshop, copyOf(blank, workshop), blank.scope, false)
  const weigh = (target: Product | Floor, connections: number, seconds: number) =>
    load.weigh(target.server, { target: targetOf(target), connections, seconds, work: newUsers() })
  for (const target of [ours, together, alone]) await weigh(target, CONNECTIONS, WARM_SECONDS)
  const measured = {
    together: await weigh(together, CONNECTIONS, sizes.seconds),
    ours: await weigh(ours, CONNECTIONS, sizes.seconds),
    alone: await weigh(alone, CONNECTIONS, sizes.seconds),
    loneOurs: await weigh(ours, 1, sizes.seconds / 2),
    loneAlone: await weigh(alone, 1, sizes.seconds / 2),
  }
  for (const { server } of [ours, together, alone]) await server.stop()
  return measured
}

/** What of a target the load generator needs; the process stays here. */
export function targetOf({ port, base, token }: Product | Floor) {
  return { port, base, token }
}

function rowsOf(rounds: readonly Round[]): Row[] {
  const rate = (of: (round: Round) => Served) => ({ value: median(rounds.map((round) => of(round).rate)), unit: 'requests/s' as const })
  const micros = (of: (round: Round) => Served) => Math.round(median(rounds.map((round) => of(round).cpuMicros)))
  const millis = (of: (round: Round) => Served) => ({ value: median(rounds.map((round) => of(round).p50)), unit: 'ms' as const })
  const figure = rate(({ ours }) => ours)
  const p99 = median(rounds.map(({ ours }) => ours.p99))
  return [
    {
      name: 'create',
      what: 'POST /Users, SQLite, 16 connections, against bare node:http with the same rows and group commit',
      figure,
      floor: rate(({ together }) => together),
      ratio: medianRatio(rounds.map(({ ours, together }) => ({ ours: ours.rate, floor: together.rate }))),
      reach: { atLeast: 0.6 },
      note: `processor µs a request: ${micros(({ ours }) => ours)} against ${micros(({ together }) => together)}; p99 ${p99.toFixed(1)} ms`,
    },
    {
      name: 'create-alone',
      what: 'the same, against one transaction for each request',
      figure,
      floor: rate(({ alone }) => alone),
      ratio: medianRatio(rounds.map(({ ours, alone }) => ({ ours: ours.rate, floor: alone.rate }))),
      reach: { atLeast: 2 },
      note: `processor µs a request of the floor: ${micros(({ alone }) => alone)}`,
    },
    {
      name: 'create-lone',
      what: 'POST /Users, SQLite, 1 connection: median latency, against one transaction for each request',
      figure: millis(({ loneOurs }) => loneOurs),
      floor: millis(({ loneAlone }) => loneAlone),
      ratio: medianRatio(rounds.map(({ loneOurs, loneAlone }) => ({ ours: loneOurs.p50, floor: loneAlone.p50 }))),
    },
  ]
}
