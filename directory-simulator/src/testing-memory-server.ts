import { type ForeignAnswer, type ForeignServer, foreignServer, listOf, type SeenRequest, scimError } from './testing-foreign-server.ts'

type Thing = Record<string, unknown> & { id: string }

/** Somebody else's SCIM server that keeps users and groups in memory and believes whatever it is told. */
export function memoryServer(): Promise<ForeignServer> {
  const store = { Users: new Map<string, Thing>(), Groups: new Map<string, Thing>() }
  let ids = 0
  return foreignServer((request) => {
    const url = new URL(request.url, 'http://server')
    const [resources, id] = url.pathname.replace('/scim/v2/n1/', '').split('/')
    if (resources === 'ServiceProviderConfig')
      return { status: 200, body: { patch: { supported: true }, filter: { supported: true }, bulk: { supported: true, maxOperations: 2 } } }
    if (resources !== 'Users' && resources !== 'Groups') return scimError(404, 'no such endpoint')
    const things = store[resources]
    if (id === undefined) {
      if (request.method === 'GET') return listed(things, url.searchParams)
      ids += 1
      const made = { active: true, ...(resources === 'Groups' && { members: [] }), ...objectOf(request.body), id: `${resources}-${ids}` }
      if ([...things.values()].some((thing) => keyOf(thing) === keyOf(made))) return scimError(409, `${keyOf(made)} exists`, 'uniqueness')
      things.set(made.id, made)
      return { status: 201, body: made }
    }
    const thing = things.get(decodeURIComponent(id))
    return thing === undefined ? scimError(404, `no ${id}`) : changed(things, thing, request)
  })
}

function listed(things: Map<string, Thing>, query: URLSearchParams): ForeignAnswer {
  const filter = /^(\w+) eq "?([^"]*)"?$/.exec(query.get('filter') ?? '')
  const all = [...things.values()].filter(
    (thing) => filter === null || String(thing[filter[1] ?? '']).toLowerCase() === filter[2]?.toLowerCase(),
  )
  const start = Number(query.get('startIndex') ?? 1)
  const page = all.slice(start - 1, start - 1 + Number(query.get('count') ?? 2))
  const answer = listOf(...page)
  return { ...answer, body: { ...objectOf(answer.body), totalResults: all.length } }
}

function changed(things: Map<string, Thing>, thing: Thing, request: SeenRequest): ForeignAnswer {
  switch (request.method) {
    case 'GET':
      return { status: 200, body: thing }
    case 'DELETE':
      things.delete(thing.id)
      return { status: 204 }
    case 'PUT':
      things.set(thing.id, { ...objectOf(request.body), id: thing.id })
      return { status: 200, body: things.get(thing.id) }
    default:
      for (const operation of arrayOf(objectOf(request.body)['Operations'])) apply(thing, objectOf(operation))
      return { status: 204 }
  }
}

function apply(thing: Thing, operation: Record<string, unknown>): void {
  const op = String(operation['op']).toLowerCase()
  const path = operation['path']
  const value = operation['value'] === 'True' ? true : operation['value'] === 'False' ? false : operation['value']
  if (path === undefined) for (const [key, entry] of Object.entries(objectOf(value))) set(thing, key, entry)
  else if (typeof path === 'string' && path.startsWith('members')) {
    const named = /value eq "([^"]+)"/.exec(path)?.[1]
    const ids = named === undefined ? arrayOf(value).map((member) => objectOf(member)['value']) : [named]
    const now = arrayOf(thing['members']).map((member) => objectOf(member)['value'])
    const next = op === 'remove' ? now.filter((id) => !ids.includes(id)) : op === 'add' ? [...new Set([...now, ...ids])] : ids
    thing['members'] = next.map((id) => ({ value: id }))
  } else if (typeof path === 'string' && path.startsWith('emails')) thing['emails'] = [{ type: 'work', value, primary: true }]
  else set(thing, String(path), op === 'remove' ? undefined : value)
}

function set(thing: Thing, path: string, value: unknown): void {
  const cut = path.startsWith('urn:') ? path.lastIndexOf(':') : path.indexOf('.')
  const nested = cut > 0 && !path.endsWith(':User')
  if (nested) thing[path.slice(0, cut)] = { ...objectOf(thing[path.slice(0, cut)]), [path.slice(cut + 1)]: value }
  else thing[path] = typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...objectOf(thing[path]), ...value } : value
}

function keyOf(thing: Thing): string {
  return String(thing['userName'] ?? thing['displayName']).toLowerCase()
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function arrayOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
