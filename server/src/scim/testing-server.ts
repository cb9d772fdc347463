import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { buildApp } from '../app.ts'
import { createEnterprise } from '../enterprises/create.ts'
import { createLogger } from '../http/logging.ts'
import { createMetrics } from '../http/metrics.ts'
import { addNode } from '../nodes/nodes.ts'
import { type LogEntry, readLog } from '../provisioning/log.ts'
import { addMethod, methodBaseUrl, saveMethod } from '../provisioning/methods.ts'
import type { Db, Trx } from '../storage/database.ts'
import { openTestDatabase } from '../storage/testing.ts'
import { write } from '../storage/write.ts'
import { ERROR_URN } from './error-body.ts'

/** A SCIM answer: `body` is the parsed JSON, or undefined where there was none. */
export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of many shapes
  body: any
}

export interface Request {
  method?: string
  body?: unknown
  headers?: Record<string, string>
  token?: string
}

/** A SCIM method, and where and with what its directory calls it. */
export interface TestMethod {
  nodeId: string
  methodId: string
  base: string
  token: string
}

/** A server on loopback with one enterprise (administrator admin@example.com) and an active SCIM method on a node under its root. */
export interface TestServer extends TestMethod {
  db: Db
  origin: string
  enterpriseId: string
  rootNodeId: string
  /** Sends one request; `path` follows the base URL of the method, or is a URL. */
  scim(path: string, request?: Request): Promise<Answer>
  /** Adds a SCIM method of its own to a node, by default to a new one. */
  addMethod(options?: { draft?: boolean; nodeId?: string }): Promise<TestMethod>
  /** Starts one more server process's worth of server on the same store. @returns its origin */
  startAnother(settings?: { scimRate?: number }): Promise<string>
  /** The provisioning log of the node, once it has this many lines: those about reads come a moment late. */
  log(least: number): Promise<LogEntry[]>
  write<T>(work: (trx: Trx) => Promise<T>): Promise<T>
}

export const PUBLIC_URL = 'http://vault.example.com'

/** Starts a server on a store of its own, and ends it with the test. */
export async function startScim(settings: { scimRate?: number } = {}): Promise<TestServer> {
  const db = await openTestDatabase()
  const origin = await listen(db, settings.scimRate)
  const at = Date.now()
  const enterprise = await write(db, (trx) => createEnterprise(trx, { name: 'Example', administrator: 'admin@example.com' }, at))
  const { enterpriseId, rootNodeId } = enterprise
  const add = methodAdder(db, origin, rootNodeId)
  const method = await add()
  return {
    db,
    origin,
    enterpriseId,
    rootNodeId,
    ...method,
    addMethod: add,
    startAnother: (other = {}) => listen(db, other.scimRate),
    log: (least) => logOf(db, method.nodeId, least),
    write: (work) => write(db, work),
    scim: (path, request = {}) => send(path.startsWith('http') ? path : `${method.base}${path}`, { token: method.token, ...request }),
  }
}

async function listen(db: Db, scimRate = 0): Promise<string> {
  const app = await buildApp({
    db,
    publicUrl: PUBLIC_URL,
    scimRate,
    logger: createLogger('silent'),
    metrics: createMetrics(),
    metricsToken: undefined,
    trustProxy: false,
  })
  onTestFinished(() => app.close())
  return app.listen({ port: 0, host: '127.0.0.1' })
}

function methodAdder(db: Db, origin: string, rootNodeId: string) {
  let nodes = 0
  return async ({ draft = false, nodeId }: { draft?: boolean; nodeId?: string } = {}): Promise<TestMethod> => {
    const name = `Node ${++nodes}`
    const at = Date.now()
    const made = await write(db, async (trx) => {
      const id = nodeId ?? (await addNode(trx, { name, parentId: rootNodeId }, 'test', at)).id
      const { method, token } = await addMethod(trx, id, 'test', at)
      if (!draft) await saveMethod(trx, method.id, 'test', at)
      return { nodeId: id, methodId: method.id, token }
    })
    return { ...made, base: methodBaseUrl(origin, made.nodeId) }
  }
}

async function logOf(db: Db, nodeId: string, least: number): Promise<LogEntry[]> {
  for (;;) {
    const lines = await readLog(db, nodeId, { limit: 10_000 })
    if (lines.length >= least) return lines
    await sleep(20)
  }
}

async function send(url: string, { method, body, headers, token }: Request): Promise<Answer> {
  const answer = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      accept: 'application/scim+json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/scim+json; charset=utf-8' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) }
}

/** Checks a refusal: its status, and that it is in the form of SCIM with words in it (RFC 7644 §3.12). */
export function expectRefusal(answer: Answer, status: number, scimType?: string) {
  expect({ status: answer.status, body: answer.body }).toMatchObject({
    status,
    body: { schemas: [ERROR_URN], status: String(status), detail: expect.stringMatching(/\w+ \w+/) },
  })
  expect(answer.body.scimType).toBe(scimType)
  expect(answer.headers.get('content-type')).toBe('application/scim+json; charset=utf-8')
}

/** The body that Okta creates a user with. */
export function oktaUser(userName: string, more: Record<string, unknown> = {}) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [{ primary: true, value: userName, type: 'work' }],
    displayName: 'Ada Lovelace',
    locale: 'en-US',
    externalId: `00u-${userName}`,
    groups: [],
    password: 'not-to-be-kept',
    active: true,
    ...more,
  }
}

/** The body that Okta pushes a group with. */
export function oktaGroup(displayName: string, memberIds: readonly string[] = [], more: Record<string, unknown> = {}) {
  const members = memberIds.map((value) => ({ value, display: 'A member' }))
  return { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName, members, ...more }
}

/** A PATCH body. */
export function patchOf(...Operations: unknown[]) {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }
}

/** Creates users one after the other. @returns their ids */
export async function createUsers(scim: TestServer['scim'], ...userNames: string[]): Promise<string[]> {
  const ids: string[] = []
  for (const userName of userNames) {
    const { status, body } = await scim('/Users', { body: oktaUser(userName) })
    expect(status).toBe(201)
    ids.push(body.id)
  }
  return ids
}

/** The ids of a group's members, as it is shown. */
export async function memberIds(scim: TestServer['scim'], groupId: string): Promise<string[]> {
  const { body } = await scim(`/Groups/${groupId}`)
  return body.members.map(({ value }: { value: string }) => value)
}
