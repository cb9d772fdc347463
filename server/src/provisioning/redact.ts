/** Characters of a request that the log keeps. */
const LONGEST = 16_384
const HIDDEN = '[redacted]'
/** Whatever a directory calls them, these are secrets. */
const SECRET = /^(password|passwd|secret|token|authorization)$/i

/**
 * A request's body as the provisioning log keeps it: without secrets, and cut where it is long. `body` is parsed JSON,
 * or undefined where there was none.
 */
export function redact(body: unknown): string | null {
  if (body === undefined || body === null) return null
  const text = JSON.stringify(body, (key, value) => (SECRET.test(key) || isSecretOperation(value) ? hide(value) : value))
  if (text.length <= LONGEST) return text
  return `${text.slice(0, LONGEST)}… (${text.length} characters)`
}

/** A PATCH that sets the password by its path. */
function isSecretOperation(value: unknown): value is { path: string } {
  return typeof value === 'object' && value !== null && 'path' in value && typeof value.path === 'string' && /password/i.test(value.path)
}

function hide(value: unknown) {
  return isSecretOperation(value) ? { ...value, path: value.path, value: HIDDEN } : HIDDEN
}
