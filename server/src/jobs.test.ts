import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { takeHit } from './http/rate-limit.ts'
import { type Job, jobsOf, startJobs } from './jobs.ts'
import { logRequest } from './provisioning/log.ts'
import type { Db } from './storage/database.ts'
import { closeDatabase, openDatabase } from './storage/open.ts'
import { openTestDatabase, openTestStore } from './storage/testing.ts'
import { smallestIdAt } from './storage/time-of-id.ts'
import { write } from './storage/write.ts'

const silent = pino({ level: 'silent' })
const DAY = 86_400_000

async function logLine(db: Db, at: number, summary: string) {
  const ids = { enterprise_id: 'e', node_id: 'n', method_id: 'm', token_id: 't', subject_kind: null, subject_id: null }
  const words = {
    request_id: 'r',
    http_method: 'GET',
    path: '/',
    operation: 'user.read',
    summary,
    detail: null,
    advice: null,
    request_body: null,
  }
  // The age of a line is that of its id.
  await write(db, (trx) => logRequest(trx, { id: smallestIdAt(at), ...ids, ...words, at, status: 200 }))
}

test('lines of the provisioning log go when they are older than the setting says, and windows of rate limits when they are over', async () => {
  const db = await openTestDatabase()
  await logLine(db, Date.now() - 3 * DAY, 'old')
  await logLine(db, Date.now() - DAY, 'new')
  await takeHit(db, 'over', 1, 1000, Date.now() - 5000)
  const jobs = startJobs(db, jobsOf({ provisioningLogMillis: 2 * DAY, auditLogMillis: undefined }), silent)
  const summaries = async () => (await db.selectFrom('provisioning_log').select('summary').execute()).map(({ summary }) => summary)
  await expect.poll(summaries).toEqual(['new'])
  await jobs.stop()
  expect(await db.selectFrom('rate_limits').select('key').where('key', '=', 'over').execute()).toEqual([])
})

test('of two servers on one store one runs a job, whose parts follow each other until nothing is left', async () => {
  const { db, location } = await openTestStore()
  const other = await openDatabase(location)
  onTestFinished(() => closeDatabase(other))
  let left = 3
  let runs = 0
  const job: Job = { name: 'count down', every: DAY, part: async () => (left === 0 ? ++runs && 0 : left--) }
  const servers = [startJobs(db, [job], silent, 20), startJobs(other, [job], silent, 20)]
  await expect.poll(() => runs).toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 200))
  for (const server of servers) await server.stop()
  expect([left, runs]).toEqual([0, 1])
})

test('a job that fails keeps neither itself nor the others from running', async () => {
  const db = await openTestDatabase()
  const ran: string[] = []
  const failing: Job = {
    name: 'failing',
    every: 50,
    part: async () => {
      ran.push('failing')
      throw new Error('disk')
    },
  }
  const other: Job = {
    name: 'other',
    every: DAY,
    part: async () => {
      ran.push('other')
      return 0
    },
  }
  const jobs = startJobs(db, [failing, other], silent, 20)
  await expect.poll(() => ran.filter((name) => name === 'failing').length).toBeGreaterThan(1)
  await jobs.stop()
  expect(ran.filter((name) => name === 'other')).toHaveLength(1)
})
