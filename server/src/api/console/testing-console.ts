import type { AdministratorRole } from '../../storage/database.ts'
import { startPeople, type TestPerson } from '../testing-people.ts'

/** An answer of the JSON API. */
export interface ConsoleAnswer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of many shapes
  body: any
}

export type Console = Awaited<ReturnType<typeof startConsole>>

/**
 * A server with Ada, full administrator of the root, and a directory on the node "Node 1"; beside it a node "Other" with
 * Oscar, who administers that node alone, and Mia, who is no administrator.
 */
export async function startConsole() {
  const server = await startPeople()
  const { nodeId, rootNodeId, person, node } = server
  const otherNodeId = await node('Other')
  const administrator = (email: string, at: string, role: AdministratorRole = 'full') => person(email, { nodeId: at, roles: [[at, role]] })
  return {
    ...server,
    otherNodeId,
    ada: await administrator('ada@example.com', rootNodeId),
    oscar: await administrator('oscar@example.com', otherNodeId),
    mia: await person('mia@example.com', { nodeId }),
    administrator,
    get,
    post,
  }
}

/** Reads a route; fields that are undefined are left out. */
export async function get(who: TestPerson, path: string, query: Record<string, unknown> = {}): Promise<ConsoleAnswer> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()
  return who.ask(text === '' ? path : `${path}?${text}`)
}

export async function post(who: TestPerson, path: string, body: unknown = {}): Promise<ConsoleAnswer> {
  return who.ask(path, body)
}
