import { CONNECTIONS, targetOf, WARM_SECONDS } from './create-users.ts'
import { median, medianRatio } from './figures.ts'
import { postgresServer } from './floors/postgres-server.ts'
import { type Floor, startPostgresFloor } from './floors/start.ts'
import { newUsers, type Served } from './load.ts'
import { type Product, startProduct } from './product.ts'
import type { Bench, Topic } from './topic.ts'
import { say } from './workshop.ts'

interface Round {
  readonly ours: Served
  readonly floor: Served
}

/** POST /Users on PostgreSQL, 16 at a time. */
export const postgres: Topic = async (bench) => {
  const rounds: Round[] = []
  for (let round = 1; round <= bench.sizes.rounds; round++) {
    const measured = await measureRound(bench)
    rounds.push(measured)
    say(`postgres ${round}/${bench.sizes.rounds}: ${measured.ours.rate.toFixed(0)}/s, floor ${measured.floor.rate.toFixed(0)}`)
  }
  const micros = (of: (round: Round) => Served) => Math.round(median(rounds.map((round) => of(round).cpuMicros)))
  return [
    {
      name: 'postgres',
      what: 'POST /Users, PostgreSQL, 16 connections, against bare node:http with the same rows in one transaction',
      figure: { value: median(rounds.map(({ ours }) => ours.rate)), unit: 'requests/s' },
      floor: { value: median(rounds.map(({ floor }) => floor.rate)), unit: 'requests/s' },
      ratio: medianRatio(rounds.map(({ ours, floor }) => ({ ours: ours.rate, floor: floor.rate }))),
      reach: { atLeast: 0.6 },
      note: `processor µs a request, without the database's: ${micros(({ ours }) => ours)} against ${micros(({ floor }) => floor)}`,
    },
  ]
}

/** Fresh databases for both. */
async function measureRound({ workshop, load, sizes }: Bench): Promise<Round> {
  const databases = await postgresServer(workshop)
  const ours = await startProduct(workshop, databases.blank, await databases.copyOfBlank())
  const floor = await startPostgresFloor(workshop, await databases.copyOfBlank(), databases.blank.scope)
  const weigh = (target: Product | Floor, seconds: number) =>
    load.weigh(target.server, { target: targetOf(target), connections: CONNECTIONS, seconds, work: newUsers() })
  for (const target of [ours, floor]) await weigh(target, WARM_SECONDS * 2)
  const measured = { floor: await weigh(floor, sizes.seconds), ours: await weigh(ours, sizes.seconds) }
  for (const { server } of [ours, floor]) await server.stop()
  return measured
}
