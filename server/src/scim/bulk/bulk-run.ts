import type { FastifyInstance } from 'fastify'
import { AppError } from '../../errors.ts'
import type { Scope } from '../../nodes/scope.ts'
import type { Trx } from '../../storage/database.ts'
import { savepoint } from '../../storage/write.ts'
import type { ScimCaller } from '../caller.ts'
import type { ScimContext } from '../context.ts'
import { errorBody } from '../error-body.ts'
import { execute } from '../execute.ts'
import type { JsonDraft, JsonObject } from '../json-value.ts'
import { type Act, type Outcome, sendOutcome } from '../outcome.ts'
import { perform } from '../perform.ts'
import { etag, groupLocation, userLocation } from '../present.ts'
import { BULK_RESPONSE_URN, type BulkOperation, type BulkRequest, readBulk, referencesOf, resolveReferences } from './bulk.ts'

/**
 * POST /Bulk (RFC 7644 §3.7): each operation succeeds or fails by itself, and all of them are durable together when the
 * answer comes. The limits of removals count it as one request: where it passes them, none of it is done, and each of its
 * removals is held by itself.
 */
export function bulkRoutes(scim: FastifyInstance, context: ScimContext) {
  scim.post('/Bulk', { bodyLimit: context.limits.maxBulkBytes }, async (request, reply) => {
    const bulk = readBulk(request.body, context.limits.maxBulkOperations)
    const outcome = await perform(context, request, 'bulk', async (trx, scope) => {
      const results = await runAll(trx, scope, request.scim, bulk)
      const done = results.filter((result) => result !== undefined)
      const body = { schemas: [BULK_RESPONSE_URN], Operations: done.map(({ shown }) => shown) }
      return { status: 200, body, told: toldOf(bulk, done), acts: done.flatMap(({ act }) => act ?? []) }
    })
    return sendOutcome(reply, outcome)
  })
}

interface Result {
  readonly shown: JsonObject
  readonly summary: string
  readonly failed: boolean
  readonly act?: Act
}

/** In the order of the request; undefined for what was not begun because of `failOnErrors`. */
async function runAll(trx: Trx, scope: Scope, caller: ScimCaller, bulk: BulkRequest): Promise<(Result | undefined)[]> {
  const ids = new Map<string, string>()
  const results: (Result | undefined)[] = bulk.operations.map(() => undefined)
  let errors = 0
  for (const index of bulk.order) {
    const operation = bulk.operations[index]
    if (!operation || (bulk.failOnErrors !== undefined && errors >= bulk.failOnErrors)) continue
    const result = await runOne(trx, scope, caller, operation, ids)
    if (result.failed) errors++
    results[index] = result
  }
  return results
}

async function runOne(trx: Trx, scope: Scope, caller: ScimCaller, operation: BulkOperation, ids: Map<string, string>): Promise<Result> {
  const { method, bulkId, task } = operation
  const shown: JsonDraft = { method, ...(bulkId === undefined ? {} : { bulkId }) }
  try {
    if (task instanceof AppError) throw task
    const { id, data } = resolveReferences(task, operation.data, ids)
    const outcome = await savepoint(trx, () => execute(trx, scope, caller, { ...task, id }, data, operation.version))
    const subject = outcome.told.subjectId ?? ''
    if (bulkId !== undefined) ids.set(bulkId, subject)
    shown['location'] = task.type === 'Users' ? userLocation(caller.base, subject) : groupLocation(caller.base, subject)
    if (outcome.version !== undefined) shown['version'] = etag(outcome.version)
    shown['status'] = String(outcome.status)
    const act = { httpMethod: task.method, body: data, outcome, refers: referencesOf(operation).length > 0 }
    return { shown, summary: outcome.told.summary, failed: false, act }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const response = errorBody(error)
    // RFC 7644 §3.7.3: no location where a POST failed, for nothing was made.
    if (!(task instanceof AppError) && task.id !== undefined && !task.id.startsWith('bulkId:'))
      shown['location'] = `${caller.base}/${task.type}/${task.id}`
    shown['status'] = response['status'] ?? ''
    shown['response'] = response
    return { shown, summary: `Refused ${method} ${operation.path}: ${error.message}`, failed: true }
  }
}

/** Sentences that the log keeps of one bulk request. */
const MOST_SENTENCES = 50

function toldOf(bulk: BulkRequest, results: readonly Result[]): Outcome['told'] {
  const failed = results.filter((result) => result.failed).length
  const skipped = bulk.operations.length - results.length
  const head = `Bulk: ${results.length - failed} of ${bulk.operations.length} operations done, ${failed} refused${skipped > 0 ? `, ${skipped} not begun` : ''}.`
  const sentences = results.slice(0, MOST_SENTENCES).map(({ summary }) => summary)
  return { operation: 'bulk', subjectKind: null, subjectId: null, summary: [head, ...sentences].join(' ') }
}
