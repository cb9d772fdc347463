import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { httpStatus } from '../http/status.ts'
import { logRequest } from '../provisioning/log.ts'
import { noteObserved, type Observation } from '../safety/observe.ts'
import { textKey } from '../storage/text-key.ts'
import { write } from '../storage/write.ts'
import { scopeOf } from './caller.ts'
import type { ScimContext } from './context.ts'
import { actsOf, observationOf, wouldOf } from './effect.ts'
import { isObject } from './json-value.ts'
import type { Act, Operation, Outcome, Told } from './outcome.ts'
import { observedOnly } from './pauses.ts'
import { entryOf, failureOf } from './request-log.ts'
import { tryOut } from './roll-back.ts'

/** Characters of what a client calls its subject that are kept. */
const LONGEST = 200

/**
 * Finds out what a request would do, writes it down and applies nothing: 503, so that the directory sends it again later and
 * takes nothing for done that is not. What is wrong with a request is answered as ever, and written down too.
 * @throws AppError `paused`, or what the request would be refused for
 */
export async function observe(context: ScimContext, request: FastifyRequest, intent: string, operation: Operation): Promise<never> {
  const scope = scopeOf(request.scim)
  const outcome = await tryOut(context.db, scope, operation).catch(async (error: unknown): Promise<never> => {
    if (error instanceof AppError && error.code !== 'unavailable') await noteRefusal(context, request, intent, error)
    throw error
  })
  const answer = observedOnly()
  const acts = actsOf(request, outcome)
  await write(context.db, async (trx) => {
    await noteObserved(
      trx,
      request.scim,
      acts.flatMap((act) => observationOf(act) ?? []),
      scope.at,
    )
    await logRequest(trx, { ...entryOf(request, scope.at, httpStatus(answer.code), toldOf(outcome, acts)), detail: answer.message })
  })
  context.log.markWritten(answer)
  throw answer
}

async function noteRefusal(context: ScimContext, request: FastifyRequest, intent: string, error: AppError): Promise<void> {
  const { at } = scopeOf(request.scim)
  await write(context.db, async (trx) => {
    await noteObserved(trx, request.scim, [refusalOf(request, error)], at)
    await logRequest(trx, failureOf(request, at, intent, error))
  })
  context.log.markWritten(error)
}

/** Named as what it is about, so that what the directory sends once it is corrected takes its place. */
function refusalOf({ method, url, body }: FastifyRequest, error: AppError): Observation {
  const [, type, id] = /\/(Users|Groups)(?:\/([^/?]+))?/.exec(url) ?? []
  const kind = type === undefined ? null : type === 'Users' ? 'user' : 'team'
  const name = nameIn(body)
  const subject =
    id !== undefined ? `${kind} ${id}` : name !== undefined ? `${kind} named ${textKey(name)}` : `${method} ${kind ?? 'request'}`
  const what = id ?? name ?? 'the request'
  return {
    subject: subject.slice(0, LONGEST),
    operation: 'refused',
    subjectKind: kind,
    subjectId: null,
    summary: `Would be refused (${what.slice(0, LONGEST)}): ${error.message}`,
    nothing: false,
    added: 0,
    removed: 0,
  }
}

function nameIn(body: unknown): string | undefined {
  if (!isObject(body)) return undefined
  const name = body['userName'] ?? (body['members'] === undefined ? undefined : body['displayName'])
  return typeof name === 'string' ? name.replaceAll('\0', '') : undefined
}

function toldOf(outcome: Outcome, acts: readonly Act[]): Told {
  const created = outcome.effect?.creates !== undefined
  return {
    operation: outcome.told.operation,
    subjectKind: created ? null : outcome.told.subjectKind,
    subjectId: created ? null : outcome.told.subjectId,
    summary: `Observed, not applied. ${wouldOf(acts)}`,
  }
}
