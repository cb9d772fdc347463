import { performance } from 'node:perf_hooks'
import type { Load, LoadResult, Work } from './load.ts'
import { newGroupName, newUser } from './new-user.ts'
import { answerParent } from './parent.ts'
import { requestText, type Target, Wire } from './wire.ts'

/** The load generator: in a process of its own, so that what it costs is not the benchmark's nor the server's. */
await answerParent(run)

async function run({ target, connections, seconds, count = Number.POSITIVE_INFINITY, work }: Load): Promise<LoadResult> {
  const next = requestsOf(work, target)
  const wires = await Promise.all(Array.from({ length: connections }, () => Wire.to(target.port)))
  const latencies: number[] = []
  const failures: string[] = []
  let sent = 0
  const began = performance.now()
  const end = began + seconds * 1000
  await Promise.all(
    wires.map(async (wire) => {
      while (sent < count && performance.now() < end) {
        const answer = await wire.send(next(sent++))
        if (answer.status < 300) latencies.push(answer.millis)
        else failures.push(`${answer.status} ${answer.body.slice(0, 300)}`)
      }
      wire.close()
    }),
  )
  return {
    done: latencies.length,
    seconds: (performance.now() - began) / 1000,
    latencies,
    failures: failures.length,
    failure: failures[0] ?? null,
  }
}

function requestsOf(work: Work, target: Target): (n: number) => string {
  switch (work.kind) {
    case 'new users':
      return (n) => requestText(target, 'POST', '/Users', newUser(work.tag, n).body)
    case 'new groups':
      return (n) => requestText(target, 'POST', '/Groups', { displayName: newGroupName(n), members: [] })
    case 'these':
      return (n) => work.requests[n % work.requests.length] ?? ''
  }
}
