import type { Logger } from 'pino'
import { removeUnconfirmedFactors } from './accounts/second-factor-enrolment.ts'
import { expireAuditLog } from './audit/expire.ts'
import type { Config } from './config.ts'
import { removeOldRequests } from './devices/requests.ts'
import { peekHits, removeStaleHits, takeHit } from './http/rate-limit.ts'
import { expireNotices, NOTICES_KEPT } from './notices/notices.ts'
import { expireProvisioningLog } from './provisioning/expire-log.ts'
import { retireRotatedTokens } from './provisioning/retire-tokens.ts'
import { expireHeld } from './safety/expire.ts'
import { removeOldSessions } from './sessions/sessions.ts'
import { removeStaleSignIns } from './sessions/sign-in.ts'
import { expireChanges } from './storage/changes.ts'
import type { Db, Millis, Trx } from './storage/database.ts'
import { write } from './storage/write.ts'
import { purgeRetained } from './users/purge.ts'
import { expireUploads } from './vault/attachments.ts'

/** What the server does by itself now and then, on one of the processes that share the store. */
export interface Job {
  /** Names the job in the log and, across processes, its claim. */
  name: string
  every: Millis
  /** One part of the work, in a transaction; called until it answers 0. @returns how many rows it dealt with */
  part(trx: Trx, now: Millis): Promise<number>
}

export interface RunningJobs {
  /** Lets the part that runs finish. */
  stop(): Promise<void>
}

const MINUTE: Millis = 60_000
const HOUR: Millis = 60 * MINUTE
/** Screens that were closed for longer load everything anew. */
const FEED_KEPT: Millis = 30 * 24 * HOUR
/** People see for so long where their account was used. */
const SESSIONS_KEPT: Millis = 30 * 24 * HOUR
/** Rows in one transaction, so that none holds up requests. */
const AT_ONCE = 1000

/** The jobs of an installation with these settings. */
export function jobsOf({ provisioningLogMillis, auditLogMillis }: Pick<Config, 'provisioningLogMillis' | 'auditLogMillis'>): Job[] {
  return [
    { name: 'purge retained users', every: HOUR, part: purgeRetained },
    { name: 'retire rotated provisioning tokens', every: HOUR, part: retireRotatedTokens },
    { name: 'remove stale rate limits', every: 10 * MINUTE, part: removeStaleHits },
    { name: 'remove stale sign-ins', every: 10 * MINUTE, part: removeStaleSignIns },
    { name: 'give up unfinished uploads', every: 10 * MINUTE, part: expireUploads },
    ...expiry('remove old sessions', SESSIONS_KEPT, removeOldSessions),
    ...expiry('expire the change feed', FEED_KEPT, expireChanges),
    ...expiry('remove old device requests', FEED_KEPT, removeOldRequests),
    ...expiry('remove second factors that were never confirmed', HOUR, removeUnconfirmedFactors),
    ...expiry('expire notices', NOTICES_KEPT, expireNotices),
    ...expiry('expire the provisioning log', provisioningLogMillis, expireProvisioningLog),
    ...expiry('expire decided removals', provisioningLogMillis, expireHeld),
    ...expiry('expire the audit log', auditLogMillis, expireAuditLog),
  ]
}

/**
 * Runs the jobs until they are stopped: looks now and every `tick` which are due. The claim is a rate limit of one run
 * in `every`, kept in the store: of several processes one runs the job, and one that dies leaves it to the next turn.
 */
export function startJobs(db: Db, jobs: readonly Job[], logger: Logger, tick: Millis = MINUTE): RunningJobs {
  const ending = new AbortController()
  let round: Promise<void> | undefined
  const look = () => {
    round ??= runDueJobs(db, jobs, logger, ending.signal).finally(() => {
      round = undefined
    })
  }
  look()
  const timer = setInterval(look, tick)
  return {
    async stop() {
      clearInterval(timer)
      ending.abort()
      await round
    },
  }
}

async function runDueJobs(db: Db, jobs: readonly Job[], logger: Logger, ending: AbortSignal) {
  for (const job of jobs) {
    try {
      if (!ending.aborted && (await claim(db, job))) await run(db, job, logger, ending)
    } catch (error) {
      logger.error({ err: error, job: job.name }, 'a job failed; it runs again at its next turn')
    }
  }
}

/** Looks before it claims: a look that finds the job taken, as most do, costs no write. */
async function claim(db: Db, { name, every }: Job): Promise<boolean> {
  const key = `job:${name}`
  const now = Date.now()
  return (await peekHits(db, key, 1, now)).allowed && (await takeHit(db, key, 1, every, now)).allowed
}

async function run(db: Db, job: Job, logger: Logger, ending: AbortSignal) {
  const now = Date.now()
  let rows = 0
  while (!ending.aborted) {
    const done = await write(db, (trx) => job.part(trx, now))
    if (done === 0) break
    rows += done
  }
  if (rows > 0) logger.info({ job: job.name, rows }, 'a job is done')
}

function expiry(name: string, kept: Millis | undefined, expire: (trx: Trx, before: Millis, limit: number) => Promise<number>): Job[] {
  return kept === undefined ? [] : [{ name, every: HOUR, part: (trx, now) => expire(trx, now - kept, AT_ONCE) }]
}
