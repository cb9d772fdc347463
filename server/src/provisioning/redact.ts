/** Characters of a request that the log keeps. */
const LONGEST = 16_384
/** Elements of one array that the log keeps: writing out 100,000 members only to cut them off would hold up the server. */
const MOST_ELEMENTS = 200
const HIDDEN = '[redacted]'
/** Whatever a directory calls them, these are secrets; a schema's URN may stand before the name. */
const SECRET = /(^|[:.])(password|passwd|secret|token|authorization)$/i

/**
 * A request's body as the provisioning log keeps it: without secrets, and cut where it is long. `body` is parsed JSON,
 * or undefined where there was none.
 */
export function redact(body: unknown): string | null {
  if (body === undefined || body === null) return null
  const text = JSON.stringify(body, kept)
  if (text.length <= LONGEST) return text
  return `${text.slice(0, LONGEST)}… (${text.length} characters)`
}

/** A request's body without its passwords, and else as it came. `body` is parsed JSON. */
export function withoutPasswords(body: unknown): unknown {
  if (Array.isArray(body)) return body.filter((each) => !isObject(each) || !setsPassword(each)).map(withoutPasswords)
  if (!isObject(body)) return body
  const left = Object.entries(body).filter(([key]) => !SECRET.test(key))
  return Object.fromEntries(left.map(([key, value]) => [key, withoutPasswords(value)]))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kept(key: string, value: unknown): unknown {
  if (SECRET.test(key)) return HIDDEN
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    return value.length <= MOST_ELEMENTS ? value : [...value.slice(0, MOST_ELEMENTS), `… and ${value.length - MOST_ELEMENTS} more`]
  }
  return setsPassword(value) ? withoutValue(value) : value
}

/** A PATCH that sets the password by its path; names of members have no case. */
function setsPassword(value: object): boolean {
  return Object.entries(value).some(([name, path]) => typeof path === 'string' && /^path$/i.test(name) && /password/i.test(path))
}

function withoutValue(operation: object) {
  return Object.fromEntries(Object.entries(operation).map(([name, value]) => [name, /^value$/i.test(name) ? HIDDEN : value]))
}
