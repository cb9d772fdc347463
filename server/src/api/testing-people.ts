import { randomBytes } from 'node:crypto'
import { get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventsPath, STREAM_SILENCE_MILLIS } from '@claviger/contract/api/changes.ts'
import { onTestFinished } from 'vitest'
import { addNode } from '../nodes/nodes.ts'
import type { ProvenNodeId } from '../nodes/scope.ts'
import { startScim } from '../scim/testing-server.ts'
import { createSession } from '../sessions/sessions.ts'
import type { AdministratorRole } from '../storage/database.ts'
import { createTeam } from '../teams/create.ts'
import { addMembers } from '../teams/members.ts'
import { insertUser } from '../users/create.ts'

/** Somebody signed in, without keys: enough for what the server decides by itself. */
export interface TestPerson {
  userId: string
  email: string
  token: string
  /** Asks the JSON API; with a body it is a POST. */
  ask(path: string, body?: unknown): Promise<{ status: number; body: unknown }>
}

/** A server with an enterprise whose log's id is made up, and people on it. */
export async function startPeople() {
  const server = await startScim()
  const { origin, enterpriseId, rootNodeId, write } = server
  const at = () => Date.now()
  await write((trx) =>
    trx
      .updateTable('enterprises')
      .set({ log_id: randomBytes(32).toString('base64url') })
      .execute(),
  )
  const scopeOf = (nodeId: string) => ({ nodeId: nodeId as ProvenNodeId, enterpriseId, actor: 'test', at: at() })

  const signIn = async (userId: string, email: string, at2 = origin): Promise<TestPerson> => {
    const session = await write((trx) =>
      createSession(trx, { userId, enterpriseId, deviceId: null, address: '127.0.0.1', agent: 'test' }, at()),
    )
    return { userId, email, token: session.token, ask: (path, body) => ask(at2, session.token, path, body) }
  }

  /** A registered user of a node (the method's unless told), signed in; with roles where they are given. */
  const person = async (email: string, more: { nodeId?: string; roles?: readonly [string, AdministratorRole][] } = {}) => {
    const nodeId = more.nodeId ?? server.nodeId
    const userId = await write(async (trx) => {
      const wanted = {
        email,
        externalId: `00u-${email}`,
        displayName: null,
        status: 'active' as const,
        emailDiffers: false,
        resource: '{}',
      }
      const { id } = await insertUser(trx, scopeOf(nodeId), wanted)
      await trx.updateTable('users').set({ registered_at: at() }).where('id', '=', id).execute()
      for (const [node_id, role] of more.roles ?? []) {
        await trx.insertInto('administrators').values({ user_id: id, node_id, role, created_at: at() }).execute()
      }
      return id
    })
    return signIn(userId, email)
  }

  /** A team whose members hold the key of epoch 1, all but those of `pending`. */
  const team = async (name: string, members: readonly TestPerson[], more: { pending?: readonly TestPerson[]; nodeId?: string } = {}) => {
    const scope = scopeOf(more.nodeId ?? server.nodeId)
    return write(async (trx) => {
      const made = await createTeam(trx, scope, { name, externalId: null })
      const ids = members.map(({ userId }) => userId)
      await addMembers(trx, scope, made, [...ids, ...(more.pending ?? []).map(({ userId }) => userId)])
      await trx.updateTable('teams').set({ status: 'active', key_epoch: 1 }).where('id', '=', made.id).execute()
      if (ids.length > 0) {
        await trx
          .updateTable('memberships')
          .set({ state: 'active', epoch: 1, key_grant: '{}', granted_by: 'test', granted_at: at() })
          .where('team_id', '=', made.id)
          .where('user_id', 'in', ids)
          .execute()
      }
      return made.id
    })
  }

  const node = async (name: string, parentId = rootNodeId) => (await write((trx) => addNode(trx, { name, parentId }, 'test', at()))).id
  return { ...server, person, signIn, team, node, scopeOf }
}

async function ask(origin: string, token: string, path: string, body?: unknown) {
  const answer = await fetch(`${origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

/** What a stream has said so far. */
export interface TestStream {
  readonly status: number
  readonly events: {
    event: string
    data: { position: string; reload: boolean; changes: { kind: string; id: string }[]; reason?: string }
  }[]
  /** The whole text, comments included. */
  text(): string
  /** Waits until the stream has said this. */
  until(said: (stream: TestStream) => boolean, millis?: number): Promise<void>
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>
  leave(): void
}

/** Opens the stream of events of whoever has this token, over a connection of its own. */
export async function listen(origin: string, token: string, after?: string): Promise<TestStream> {
  const url = new URL(eventsPath, origin)
  if (after !== undefined) url.searchParams.set('after', after)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(url, { agent: false, headers: { authorization: `Bearer ${token}` } }, resolve).on('error', reject)
    onTestFinished(() => void request.destroy())
  })
  let text = ''
  const stream: TestStream = {
    status: answer.statusCode ?? 0,
    events: [],
    text: () => text,
    until: async (said, millis = STREAM_SILENCE_MILLIS) => {
      const end = Date.now() + millis
      while (!said(stream)) {
        if (Date.now() > end) throw new Error(`the stream did not say it; it said: ${text}`)
        await sleep(10)
      }
    },
    ended: read(),
    leave: () => void answer.destroy(),
  }
  stream.ended.catch(() => {})
  return stream

  async function read() {
    let rest = ''
    answer.setEncoding('utf8')
    for await (const part of answer) {
      text += part
      const blocks = `${rest}${part}`.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const fields = Object.fromEntries(
          block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        )
        if (fields['event'] !== undefined) stream.events.push({ event: fields['event'], data: JSON.parse(fields['data'] ?? 'null') })
      }
    }
  }
}

/** What a stream told of, as `<kind> <id>`. */
export function told(stream: TestStream): string[] {
  return stream.events.flatMap(({ data }) => (data.changes ?? []).map(({ kind, id }) => `${kind} ${id}`))
}
