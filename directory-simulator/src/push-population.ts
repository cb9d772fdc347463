import { performance } from 'node:perf_hooks'
import type { Directory, Group, Outcome } from './directory.ts'
import type { Person } from './person.ts'

export interface Population {
  people: readonly Person[]
  groups?: readonly Group[]
}

export interface PushOptions {
  /** Operations under way at once. Default 16. */
  concurrency?: number
  /** Called after every operation. */
  onProgress?: (progress: PushProgress) => void
  /** Stops before the next operation. */
  signal?: AbortSignal
}

export interface PushProgress {
  phase: 'people' | 'groups'
  done: number
  failed: number
  of: number
}

export interface PushCount {
  of: number
  done: number
  failed: number
  ms: number
  /** Operations a second: people assigned, groups pushed. */
  rate: number
}

export interface PushReport {
  ok: boolean
  people: PushCount
  groups: PushCount
  requests: number
  requestRate: number
  ms: number
  /** The first twenty failures. */
  failures: { subject: string; seen: string }[]
}

const MOST_FAILURES = 20

/** Assigns everyone, then pushes every group, several at a time, as a directory does on its first run. */
export async function pushPopulation(directory: Directory, population: Population, options: PushOptions = {}): Promise<PushReport> {
  const began = performance.now()
  const before = directory.requests()
  const failures: PushReport['failures'] = []
  const people = await pushed('people', population.people, (person) => directory.assign(person), failures, options)
  const groups = await pushed('groups', population.groups ?? [], (group) => directory.pushGroup(group), failures, options)
  const ms = performance.now() - began
  const requests = directory.requests() - before
  return { ok: people.failed + groups.failed === 0, people, groups, requests, requestRate: perSecond(requests, ms), ms, failures }
}

async function pushed<T>(
  phase: PushProgress['phase'],
  items: readonly T[],
  push: (item: T) => Promise<Outcome>,
  failures: PushReport['failures'],
  options: PushOptions,
): Promise<PushCount> {
  const began = performance.now()
  let next = 0
  let done = 0
  let failed = 0
  const worker = async () => {
    for (;;) {
      const item = items[next]
      if (item === undefined || options.signal?.aborted === true) return
      next += 1
      const outcome = await push(item)
      if (outcome.ok) done += 1
      else {
        failed += 1
        if (failures.length < MOST_FAILURES) failures.push({ subject: outcome.subject, seen: outcome.seen })
      }
      options.onProgress?.({ phase, done, failed, of: items.length })
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.concurrency ?? 16, items.length) }, worker))
  const ms = performance.now() - began
  return { of: items.length, done, failed, ms, rate: perSecond(done, ms) }
}

function perSecond(count: number, ms: number): number {
  return ms > 0 ? Math.round((count * 1000) / ms) : 0
}
