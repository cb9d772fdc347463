import type { LogEntry } from './log.ts'

const NOT_SHOWN = '[not shown]'
/** Attributes of a person that hold a name (RFC 7643 §4.1), and `display` of a reference to one. */
const NAMES = new Set([
  'name',
  'formatted',
  'givenname',
  'familyname',
  'middlename',
  'honorificprefix',
  'honorificsuffix',
  'displayname',
  'nickname',
  'display',
])
const NAME_IN_TEXT = /\b(name|formatted|givenName|familyName|middleName|honorific\w+|displayName|nickName|display)\b/i

/**
 * What a request was, without names of people (story 8). A team's own name is no person's. Of a body that was cut, nothing
 * can be told apart, so nothing of it is shown.
 */
export function withoutNames({ path, request_body: body, operation }: Pick<LogEntry, 'path' | 'request_body' | 'operation'>): {
  path: string
  requestBody: string | null
} {
  const ofTeam = operation.startsWith('team.')
  return { path: pathWithoutNames(path, ofTeam), requestBody: body === null ? null : bodyWithoutNames(body, ofTeam) }
}

function pathWithoutNames(path: string, ofTeam: boolean): string {
  const query = path.indexOf('?')
  if (query === -1) return path
  const asked = decoded(path.slice(query + 1))
  return namesPeople(asked, ofTeam) ? `${path.slice(0, query)}?${NOT_SHOWN}` : path
}

function bodyWithoutNames(body: string, ofTeam: boolean): string {
  try {
    return JSON.stringify(JSON.parse(body, (key, value) => kept(key, value, ofTeam)))
  } catch {
    return '[not shown: it was cut for its length, and may hold names of people]'
  }
}

function kept(key: string, value: unknown, ofTeam: boolean): unknown {
  if (isName(key, ofTeam)) return value === null ? null : NOT_SHOWN
  if (typeof value === 'string' && /^(filter|sortBy)$/i.test(key)) return namesPeople(value, ofTeam) ? NOT_SHOWN : value
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? patchWithoutNames(value, ofTeam) : value
}

/** A PATCH operation says by its path what its value is. */
function patchWithoutNames(value: object, ofTeam: boolean): object {
  const entries = Object.entries(value)
  const path = entries.find(([name]) => /^path$/i.test(name))?.[1]
  if (typeof path !== 'string' || !(isName(path, ofTeam) || namesPeople(path, ofTeam))) return value
  return Object.fromEntries(
    entries.map(([name, each]) => [name, /^(value|path)$/i.test(name) && namesValue(name, path) ? NOT_SHOWN : each]),
  )
}

/** A path itself can hold a name only where it has a filter. */
function namesValue(name: string, path: string): boolean {
  return !/^path$/i.test(name) || path.includes('[')
}

/** A key or path, which may be dotted and begin with a schema's URN. */
function isName(key: string, ofTeam: boolean): boolean {
  return key
    .toLowerCase()
    .split(/[.:[\]]/)
    .some((part) => NAMES.has(part.trim()) && !(ofTeam && part.trim() === 'displayname'))
}

function namesPeople(text: string, ofTeam: boolean): boolean {
  return NAME_IN_TEXT.test(ofTeam ? text.replaceAll(/\bdisplayName\b/gi, '') : text)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // What cannot be read could hold anything.
    return 'name'
  }
}
