import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openInvitations } from '@claviger/server/invitations/find.ts'
import { invitationLink } from '@claviger/server/invitations/link.ts'
import { addNode } from '@claviger/server/nodes/nodes.ts'
import { loadSecret } from '@claviger/server/storage/secrets.ts'
import { write } from '@claviger/server/storage/write.ts'
import { expect, onTestFinished } from 'vitest'
import { initialise } from './init.ts'
import { settingsOf } from './store.ts'
import {
  addUser,
  newStore,
  type Ran,
  run,
  type StartedCommand,
  type StartOptions,
  startCommand,
  startServing,
  textAt,
} from './testing-command.ts'

/** Every person of the tests has it; changed ones are other ones. */
export const PASSWORD = 'a kettle of herons over the canal'

/** Somebody at a command line of their own. */
export interface TestPerson {
  userId: string
  email: string
  /** The folder of the profile. */
  profile: string
  recoveryCode: string
  /** Runs `claviger … --profile DIR`. */
  run(args: readonly string[], options?: StartOptions): Promise<Ran>
  /** The same with `--json`: the value that it prints. Fails where the command does. */
  json(args: readonly string[], options?: StartOptions): Promise<unknown>
}

/** A served installation whose first administrator has set up, at a command line. */
export async function startWithAdministrator() {
  const { db, env } = await newStore()
  const at = Date.now()
  const made = await initialise({ db, config: settingsOf({}), at }, 'Example Ltd', 'admin@example.com')
  const node = await write(db, (trx) => addNode(trx, { name: 'Staff', parentId: null }, 'command', at))
  const server = await startServing(env)
  const { url } = server
  const link = `${url}/setup#${new URL(made.setupUrl).hash.slice(1)}`
  const administrator = await acceptLink('admin@example.com', 'setup', ['--url', link])
  const push = async (email: string, nodeId = node.id) => (await addUser(db, nodeId, email)).id
  return {
    db,
    env,
    url,
    rootNodeId: made.rootNodeId,
    nodeId: node.id,
    administrator,
    /** Ends the server at once, as a crash does, and starts it again at the same address when the function that this gives is called. */
    async crash(): Promise<() => Promise<void>> {
      server.send('SIGKILL')
      await server.ended
      return async () => {
        await startCommand(['serve', '--port', String(server.port), '--log-level', 'warn'], { env }).wrote(`:${server.port}\n`)
      }
    },
    /** Somebody whom the directory pushed: invited, not registered. @returns their id */
    push,
    /** The same who registered, or with `userId` registers now; not verified yet. */
    async register(email: string, userId?: string): Promise<TestPerson> {
      const id = userId ?? (await push(email))
      const invitation = (await openInvitations(db, [id])).get(id)
      const invitationUrl = invitationLink(await loadSecret(db, 'invitations'), url, invitation?.invitationId ?? '')
      return acceptLink(email, 'register', ['--invitation', invitationUrl])
    },
    /** The people on this team by address, with the state of their membership. */
    async members(team: { id: string }): Promise<Record<string, string>> {
      const rows = await db
        .selectFrom('memberships as m')
        .innerJoin('users as u', 'u.id', 'm.user_id')
        .select(['u.email', 'm.state'])
        .where('m.team_id', '=', team.id)
        .execute()
      return Object.fromEntries(rows.map(({ email, state }) => [email, state]))
    },
  }
}

/** The safety words that a `device request` under way shows, once it does. */
export async function wordsShownBy(request: StartedCommand): Promise<string> {
  for (;;) {
    const words = /^Safety words: ([a-z]+(?: [a-z]+){5})$/m.exec(request.printed().err)?.[1]
    if (words !== undefined) return words
    await sleep(20)
  }
}

/** An empty folder, gone after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-person-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Somebody at another device of theirs, which may know nothing yet. */
export function personAt(profile: string): Pick<TestPerson, 'profile' | 'run' | 'json'> {
  const runHere = (args: readonly string[], options?: StartOptions) => run([...args, '--profile', profile], options)
  return {
    profile,
    run: runHere,
    async json(args, options) {
      const { code, out, err } = await runHere([...args, '--json'], options)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      return JSON.parse(out)
    },
  }
}

async function acceptLink(email: string, command: 'setup' | 'register', link: readonly string[]): Promise<TestPerson> {
  const person = personAt(join(newFolder(), 'profile'))
  const made = await person.json([command, ...link, '--password-stdin'], { input: `${PASSWORD}\n` })
  return { ...person, email, userId: textAt(made, 'userId'), recoveryCode: textAt(made, 'recoveryCode') }
}
