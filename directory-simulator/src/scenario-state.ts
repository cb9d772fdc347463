import { z } from 'zod'
import { type Resource, readList, readResource, request } from './answer.ts'
import { OperationFailed } from './failure.ts'
import { type Connection, Line, type WireProfile } from './http.ts'
import { membersOf } from './membership.ts'
import type { Expectation } from './scenario.ts'

const WIRE: WireProfile = {
  directory: 'the scenario',
  headers: { Accept: 'application/scim+json', 'User-Agent': 'claviger-scenario' },
  contentType: 'application/scim+json',
  retry: ({ status, attempt }) => (status === 429 && attempt < 5 ? 1000 * attempt : null),
}

/** Names of a scenario's people and groups as they stand at the server now. */
export interface CurrentNames {
  userName(key: string): string
  groupName(key: string): string
}

/** Looks at a server through plain SCIM, aside from what the directory under test believes. */
export class ServerState {
  readonly #line: Line
  #users = 0
  #groups = 0

  constructor(connection: Connection) {
    this.#line = new Line(connection, WIRE)
  }

  /** Counts what is there before the first step. */
  async begin(): Promise<void> {
    this.#users = await this.#total('Users')
    this.#groups = await this.#total('Groups')
  }

  close(): void {
    this.#line.close()
  }

  /** What differs from the expectation, in words; empty when nothing does. */
  async problems(expected: Expectation, names: CurrentNames): Promise<string[]> {
    const problems: string[] = []
    try {
      if (expected.newUsers !== undefined) problems.push(...counted('users', expected.newUsers, (await this.#total('Users')) - this.#users))
      if (expected.newGroups !== undefined)
        problems.push(...counted('groups', expected.newGroups, (await this.#total('Groups')) - this.#groups))
      for (const [key, state] of Object.entries(expected.users ?? {})) {
        const userName = names.userName(key)
        problems.push(...userProblems(userName, state, await this.#find('Users', 'userName', userName)))
      }
      for (const [key, state] of Object.entries(expected.groups ?? {})) {
        const name = names.groupName(key)
        const group = await this.#find('Groups', 'displayName', name)
        problems.push(...presence(`The group ${name}`, state.present ?? true, group))
        if (group !== null && state.members !== undefined)
          problems.push(...(await this.#memberProblems(name, group, state.members.map(names.userName))))
      }
    } catch (error) {
      if (!(error instanceof OperationFailed)) throw error
      problems.push(`The server's state cannot be read: ${error.failure.detail}`)
    }
    return problems
  }

  async #total(resources: 'Users' | 'Groups'): Promise<number> {
    return readList(await request(this.#line.talk(), 'GET', `${resources}?count=0`), false).totalResults
  }

  async #find(resources: 'Users' | 'Groups', attribute: string, value: string): Promise<Resource | null> {
    const filter = encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`)
    return readList(await request(this.#line.talk(), 'GET', `${resources}?filter=${filter}`), false).resources[0] ?? null
  }

  async #memberProblems(name: string, group: Resource, expected: string[]): Promise<string[]> {
    const talk = this.#line.talk()
    const whole = readResource(await request(talk, 'GET', `Groups/${encodeURIComponent(group.id)}`), 'The group cannot be read.')
    const actual: string[] = []
    for (const id of membersOf(whole).keys()) {
      const answer = await talk.send('GET', `Users/${encodeURIComponent(id)}`)
      const user = answer.status === 200 ? readResource(answer, 'The member cannot be read.') : null
      actual.push(typeof user?.['userName'] === 'string' ? user['userName'].toLowerCase() : id)
    }
    const [wanted, found] = [expected.map((userName) => userName.toLowerCase()).sort(), actual.sort()]
    return wanted.join() === found.join()
      ? []
      : [`The group ${name} has ${found.join(', ') || 'no members'}; expected ${wanted.join(', ') || 'none'}.`]
  }
}

function counted(what: string, expected: number, actual: number): string[] {
  return expected === actual ? [] : [`There are ${actual} more ${what} than before the first step; expected ${expected}.`]
}

function presence(what: string, expected: boolean, found: Resource | null): string[] {
  if (expected === (found !== null)) return []
  return [`${what} is ${expected ? 'not at the server' : 'still at the server'}.`]
}

function userProblems(userName: string, state: NonNullable<Expectation['users']>[string], user: Resource | null): string[] {
  const problems = presence(`The user ${userName}`, state.present ?? true, user)
  if (user === null) return problems
  if (state.active !== undefined && user['active'] !== state.active)
    problems.push(`active of ${userName} is ${String(user['active'])}; expected ${state.active}.`)
  for (const [path, wanted] of Object.entries(state.has ?? {})) {
    const found = valueAt(user, path)
    if (found !== wanted) problems.push(`${path} of ${userName} is ${JSON.stringify(found)}; expected ${JSON.stringify(wanted)}.`)
  }
  return problems
}

// `name.givenName`, `emails.work`, or `urn:…:User:department`.
function valueAt(user: Resource, path: string): string | null {
  const extension = path.startsWith('urn:') ? path.lastIndexOf(':') : -1
  const keys = extension > 0 ? [path.slice(0, extension), path.slice(extension + 1)] : path.split('.')
  let value: unknown = user
  for (const key of keys) value = member(value, key)
  const text = typeof value === 'object' && value !== null ? member(value, 'value') : value
  return typeof text === 'string' ? text : null
}

function member(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.find((element) => member(element, 'type') === key)
  const read = z.record(z.string(), z.unknown()).safeParse(value)
  return read.success ? read.data[key] : undefined
}
