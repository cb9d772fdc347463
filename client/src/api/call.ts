import { Refusal } from '@claviger/contract/api/refusal.ts'
import { fillPath, type Route } from '@claviger/contract/api/route.ts'
import { ClientError } from '../errors.ts'

/** Where requests go, and as whom. */
export interface Connection {
  /** Scheme, host and port of the server, without a slash at its end. */
  readonly origin: string
  /** Of a session or an automator; null before there is one. */
  readonly token: string | null
  /** Given by tests that watch or play the server. */
  readonly fetch?: typeof fetch
}

/** The server's refusal of a request: its words, and what to do about them. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly code: string
  /** Seconds after which the same request may be tried again. */
  readonly retryAfter: number | undefined
  constructor(status: number, code: string, message: string, retryAfter?: number) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfter = retryAfter
  }
}

/**
 * Sends one request and gives its answer, checked against the contract: what does not fit is refused, not guessed at.
 * @throws ApiError for a refusal, ClientError `unreachable` without an answer, ContractError `malformed` for a wrong one
 */
export async function call<Input extends object, Answer>(
  connection: Connection,
  route: Route<Input, Answer>,
  input: Input,
): Promise<Answer> {
  const response = await send(connection, route, input)
  const value = await bodyOf(connection, response)
  if (!response.ok) throw refusalOf(response, value)
  const read = route.answer.safeParse(value)
  if (read.success) return read.data
  const at = read.error.issues.map(({ path }) => path.join('.')).slice(0, 3)
  throw new ClientError('unexpected_answer', `The answer of ${connection.origin} to ${route.path} is not as agreed (${at.join(', ')}).`)
}

async function send<Input extends object>(connection: Connection, { method, path: pattern }: Route<Input, unknown>, input: Input) {
  const { path, rest } = fillPath(pattern, input)
  const url = new URL(path, connection.origin)
  const headers: Record<string, string> = { accept: 'application/json' }
  if (connection.token !== null) headers['authorization'] = `Bearer ${connection.token}`
  let body: string | undefined
  if (method === 'GET') {
    for (const [name, value] of Object.entries(rest)) if (value !== undefined && value !== null) url.searchParams.set(name, String(value))
  } else {
    headers['content-type'] = 'application/json'
    body = JSON.stringify(rest)
  }
  try {
    return await (connection.fetch ?? globalThis.fetch)(url, { method, headers, redirect: 'error', ...(body !== undefined && { body }) })
  } catch (error) {
    throw new ClientError('unreachable', `${connection.origin} cannot be reached: check the address and that the server runs.`, error)
  }
}

async function bodyOf({ origin }: Connection, response: Response): Promise<unknown> {
  const text = await response.text().catch((error: unknown) => {
    throw new ClientError('unreachable', `The connection to ${origin} broke before its answer was there: try again.`, error)
  })
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusalOf(response: Response, value: unknown): ApiError {
  const refusal = Refusal.safeParse(value)
  const after = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isFinite(after) ? after : undefined
  if (!refusal.success)
    return new ApiError(response.status, 'internal', `The server answered ${response.status} without a reason.`, retryAfter)
  return new ApiError(response.status, refusal.data.code, refusal.data.message, retryAfter)
}
