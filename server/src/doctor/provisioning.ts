import { validTokens } from '../provisioning/tokens.ts'
import { heldTotals } from '../safety/held.ts'
import type { Db, Millis } from '../storage/database.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const DAY: Millis = 86_400_000
const EXPIRES_SOON = 14 * DAY
const UNUSED = 7 * DAY
const LATE = 10 * 60_000
/** A notice that did not arrive is told of for so long. */
const NOTICES_SHOWN: Millis = 7 * DAY

/** What keeps directories from provisioning: methods that are not saved, paused, or without a token that works. */
export async function checkMethods(db: Db, now: Millis): Promise<Finding[]> {
  const methods = await db
    .selectFrom('provisioning_methods as method')
    .innerJoin('nodes as node', 'node.id', 'method.node_id')
    .select(['method.id', 'method.state', 'method.paused_by', 'method.observe', 'node.name'])
    .orderBy('method.id')
    .execute()
  if (methods.length === 0) return [warn('methods', 'no directory is connected', '`claviger method add --node NODE`')]
  const findings: Finding[] = []
  for (const { id, state, paused_by: pausedBy, observe, name } of methods) {
    if (state === 'draft')
      findings.push(warn('methods', `the method of ${name} is a draft: the directory is refused`, `claviger method save ${id}`))
    if (pausedBy === 'breaker') findings.push(await limitsFinding(db, id, name))
    if (observe === 1)
      findings.push(
        warn(
          'methods',
          `the method of ${name} only observes: nothing of the directory is applied`,
          `claviger method safety ${id} --observe off`,
        ),
      )
    if (state === 'paused' && pausedBy !== 'breaker')
      findings.push(warn('methods', `the method of ${name} is paused: nothing of the directory is applied`, `claviger method resume ${id}`))
    findings.push(...tokenFindings(id, name, await validTokens(db, id, now), now))
  }
  return findings.length > 0 ? findings : [ok('methods', `${methods.length} saved, each with a token in use`)]
}

async function limitsFinding(db: Db, id: string, name: string): Promise<Finding> {
  const { requests, people } = await heldTotals(db, id)
  return fail(
    'methods',
    `the method of ${name} was paused by its limits: ${requests} removals, from ${people} people, wait for a decision, and the directory is told to come back later`,
    `look at them with \`claviger method held ${id}\`; \`claviger method resume ${id}\` applies them, with --reject it drops them`,
  )
}

type ValidTokens = Awaited<ReturnType<typeof validTokens>>

function tokenFindings(methodId: string, node: string, tokens: ValidTokens, now: Millis): Finding[] {
  const rotate = `claviger method rotate ${methodId}, and put the new token into the directory`
  if (tokens.length === 0) return [fail('tokens', `the method of ${node} has no valid token: the directory is refused`, rotate)]
  return tokens.flatMap(({ hint, created_at: createdAt, expires_at: expiresAt, last_used_at: usedAt }): Finding[] => {
    const token = `the token of ${node} that ends in ${hint}`
    const found: Finding[] = []
    if (expiresAt !== null && expiresAt - now < EXPIRES_SOON)
      found.push(warn('tokens', `${token} expires in ${daysOf(expiresAt - now)}`, rotate))
    if (usedAt === null && now - createdAt > DAY)
      found.push(warn('tokens', `${token} was never used`, 'put it into the directory, or revoke it'))
    if (usedAt !== null && now - usedAt > UNUSED) {
      found.push(
        warn(
          'tokens',
          `${token} was last used ${daysOf(now - usedAt)} ago`,
          'look in the directory whether provisioning is on and succeeds',
        ),
      )
    }
    return found
  })
}

/** Mails that did not reach whom they are for: invitations, and notices of the last days, which nobody sends again. */
export async function checkOutbox(db: Db, now: Millis): Promise<Finding> {
  const failed = await db
    .selectFrom('outbox')
    .select(['last_error'])
    .where('state', '=', 'failed')
    .where((eb) => eb.or([eb('invitation_id', 'is not', null), eb('created_at', '>', now - NOTICES_SHOWN)]))
    .orderBy('id', 'desc')
    .execute()
  if (failed.length > 0) {
    return warn(
      'invitations',
      `${failed.length} could not be sent; the last because: ${failed[0]?.last_error ?? 'unknown'}`,
      'correct the addresses in the directory, and send them again',
    )
  }
  const late = await db
    .selectFrom('outbox')
    .select('last_error')
    .where('state', '=', 'queued')
    .where('due_at', '<', now - LATE)
    .limit(1)
    .executeTakeFirst()
  if (late)
    return warn(
      'invitations',
      'some have waited for more than ten minutes',
      'look whether the server runs and has a mail server (CLAVIGER_SMTP_URL)',
    )
  return ok('invitations', 'none is stuck')
}

function daysOf(millis: Millis) {
  const days = Math.max(0, Math.round(millis / DAY))
  return days === 1 ? '1 day' : `${days} days`
}
