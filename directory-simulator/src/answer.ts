import { z } from 'zod'
import { OperationFailed, reasonPhrase, unreadable } from './failure.ts'
import type { Answer, Talk } from './http.ts'

/** A SCIM resource as some server returned it. */
export type Resource = { id: string } & Record<string, unknown>

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export interface PatchOperation {
  op: string
  path?: string
  value?: unknown
}

export interface ResourceList {
  totalResults: number
  resources: Resource[]
}

const ResourceShape = z.looseObject({ id: z.string().min(1) })
const ErrorShape = z.looseObject({
  detail: z.string().optional().catch(undefined),
  scimType: z.string().optional().catch(undefined),
})
// authentik and others send or accept either spelling of the array.
const LenientList = z.looseObject({
  totalResults: z.coerce.number().int().min(0),
  Resources: z.array(ResourceShape).optional(),
  resources: z.array(ResourceShape).optional(),
})
const StrictList = z.looseObject({
  schemas: z.array(z.string()),
  totalResults: z.number().int().min(0),
  startIndex: z.number().int(),
  itemsPerPage: z.number().int().min(0),
  Resources: z.array(ResourceShape),
})

/** Sends and takes only success: throws the refusal, with the server's own words, otherwise. */
export async function request(talk: Talk, method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await talk.send(method, path, body)
  if (answer.status >= 300) throw refusal(answer)
  return answer
}

/** PATCHes with these operations (RFC 7644, section 3.5.2). */
export async function patch(talk: Talk, path: string, operations: PatchOperation[]): Promise<void> {
  await request(talk, 'PATCH', path, { schemas: [PATCH_OP], Operations: operations })
}

/** Reads the resource that an answer holds. `missing` is what the directory says when there is none. */
export function readResource(answer: Answer, missing: string): Resource {
  const read = ResourceShape.safeParse(readJson(answer, missing))
  if (!read.success) throw unreadable(answer.status, `${missing} The answer has no id.`)
  return read.data
}

/** The list that an answer holds; `strict` wants every member of a ListResponse, numbers as numbers, as Okta does. */
export function readList(answer: Answer, strict: boolean): ResourceList {
  const json = readJson(answer, 'The list cannot be read.')
  if (strict) {
    const read = StrictList.safeParse(json)
    if (!read.success) throw unreadable(answer.status, `The list is incomplete: ${firstIssue(read.error)}.`)
    return { totalResults: read.data.totalResults, resources: read.data.Resources }
  }
  const read = LenientList.safeParse(json)
  if (!read.success) throw unreadable(answer.status, `The list is incomplete: ${firstIssue(read.error)}.`)
  return { totalResults: read.data.totalResults, resources: read.data.Resources ?? read.data.resources ?? [] }
}

/** The first resource that a filter finds, or null. A 404 counts as none: Okta's documentation allows servers to answer so. */
export async function findOne(talk: Talk, path: string, strict: boolean): Promise<Resource | null> {
  const answer = await talk.send('GET', path)
  if (answer.status === 404) return null
  if (answer.status >= 300) throw refusal(answer)
  return readList(answer, strict).resources[0] ?? null
}

/** What an error answer says, for the administrator. */
export function refusal(answer: Answer): OperationFailed {
  const read = ErrorShape.safeParse(jsonOrNull(answer.text))
  const scimType = read.success ? (read.data.scimType ?? null) : null
  const detail = (read.success ? read.data.detail : undefined) ?? withoutDetail(answer)
  return new OperationFailed({ kind: 'refused', status: answer.status, scimType, detail })
}

function withoutDetail(answer: Answer): string {
  if (answer.status < 400)
    return `The server redirects${answer.location === null ? '' : ` to ${answer.location}`}. Paste the address it redirects to.`
  const what = answer.text === '' ? 'no body' : /html/i.test(answer.contentType) ? 'a web page' : 'a body without a detail'
  return `${answer.status} ${reasonPhrase(answer.status)}, with ${what} where a SCIM error belongs.`
}

function readJson(answer: Answer, missing: string): unknown {
  if (answer.text === '') throw unreadable(answer.status, `${missing} The answer has no body.`)
  const json = jsonOrNull(answer.text)
  if (json !== null) return json
  throw unreadable(
    answer.status,
    /html/i.test(answer.contentType)
      ? `${missing} The answer is a web page, not JSON: check that the URL is the SCIM base URL.`
      : `${missing} The answer is not valid JSON; it may have been cut off.`,
  )
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? 'unknown' : `${issue.path.join('.') || 'the body'}: ${issue.message}`
}
