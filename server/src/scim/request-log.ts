import type { FastifyRequest } from 'fastify'
import type { AppError } from '../errors.ts'
import { httpStatus } from '../http/status.ts'
import { type LogEntry, logRequest } from '../provisioning/log.ts'
import { redact } from '../provisioning/redact.ts'
import type { TokenHolder } from '../provisioning/tokens.ts'
import type { Db, Millis } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { write } from '../storage/write.ts'
import type { Told } from './outcome.ts'

/** How long a line about a read may wait for its write. */
const DELAY = 250
/** Lines that wait at most; past it the oldest are written at once. */
const MOST_WAITING = 500

/** The line of a request that was done. */
export function entryOf(request: FastifyRequest, at: Millis, status: number, told: Told): LogEntry {
  return {
    ...lineOf(request, at, status, told.operation),
    subject_kind: told.subjectKind,
    subject_id: told.subjectId,
    summary: told.summary,
    advice: told.advice ?? null,
  }
}

/** The line of a request that was refused. */
export function failureOf(request: FastifyRequest, at: Millis, intent: string, error: AppError): LogEntry {
  const summary = 'Refused: nothing was changed.'
  return { ...lineOf(request, at, httpStatus(error.code), intent), summary, detail: error.message, advice: error.advice ?? null }
}

function lineOf(request: FastifyRequest, at: Millis, status: number, operation: string): LogEntry {
  const { enterpriseId, nodeId, methodId, tokenId } = request.scim
  return {
    id: newId(),
    enterprise_id: enterpriseId,
    node_id: nodeId,
    method_id: methodId,
    token_id: tokenId,
    at,
    request_id: request.id,
    http_method: request.method,
    path: request.url.slice(0, 2_000),
    status,
    operation,
    subject_kind: null,
    subject_id: null,
    summary: '',
    detail: null,
    advice: null,
    request_body: redact(request.body),
  }
}

/**
 * The lines about requests that change nothing. They wait a moment and share a transaction, so that a read costs no
 * write of its own; a crash can lose the last quarter second of them, and never a line about a change.
 */
export class RequestLog {
  readonly #db: Db
  readonly #onFailure: (error: unknown) => void
  readonly #onAnswer: (operation: string, status: number) => void
  readonly #written = new WeakSet<AppError>()
  #waiting: LogEntry[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  constructor(db: Db, events: { onFailure: (error: unknown) => void; onAnswer: (operation: string, status: number) => void }) {
    this.#db = db
    this.#onFailure = events.onFailure
    this.#onAnswer = events.onAnswer
  }

  /** A read that was answered. */
  answered(request: FastifyRequest, status: number, told: Told) {
    this.#onAnswer(told.operation, status)
    this.#add(entryOf(request, Date.now(), status, told))
  }

  /** Says that this refusal has its line: the transaction that it ended wrote it. */
  markWritten(error: AppError) {
    this.#written.add(error)
  }

  /** A request that was refused; once. */
  failed(request: FastifyRequest, intent: string, error: AppError) {
    if (!this.#written.has(error)) this.#add(failureOf(request, Date.now(), intent, error))
  }

  /** A request that a bug of ours ended. */
  broken(request: FastifyRequest) {
    this.#add({
      ...lineOf(request, Date.now(), 500, 'request'),
      summary: 'Failed.',
      detail: 'Claviger could not answer because of an error of its own.',
      advice: `Look for ${request.id} in the log of the server, and report what stands there.`,
    })
  }

  /** A request of a known token that was not let in. */
  refused(request: FastifyRequest, holder: TokenHolder, error: AppError, at: Millis) {
    this.#add({
      id: newId(),
      enterprise_id: holder.enterpriseId,
      node_id: holder.nodeId,
      method_id: holder.methodId,
      token_id: holder.tokenId,
      at,
      request_id: request.id,
      http_method: request.method,
      path: request.url.slice(0, 2_000),
      status: httpStatus(error.code),
      operation: 'sign-in',
      subject_kind: null,
      subject_id: null,
      summary: 'Not let in: nothing was changed.',
      detail: error.message,
      advice: null,
      request_body: null,
    })
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const entries = this.#waiting.splice(0)
    if (entries.length > 0) {
      this.#writing = this.#writing
        .then(() => write(this.#db, async (trx) => void (await Promise.all(entries.map((entry) => logRequest(trx, entry))))))
        .catch(this.#onFailure)
    }
    return this.#writing
  }

  #add(entry: LogEntry) {
    this.#waiting.push(entry)
    if (this.#waiting.length >= MOST_WAITING) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), DELAY)
  }
}
