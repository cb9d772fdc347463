import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openInvitations } from '@claviger/server/invitations/find.ts'
import { invitationLink } from '@claviger/server/invitations/link.ts'
import { addNode } from '@claviger/server/nodes/nodes.ts'
import { loadSecret } from '@claviger/server/storage/secrets.ts'
import { write } from '@claviger/server/storage/write.ts'
import { expect, onTestFinished } from 'vitest'
import { initialise } from './init.ts'
import { settingsOf } from './store.ts'
import { addUser, newStore, type Ran, run, type StartOptions, startServing, textAt } from './testing-command.ts'

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
  const { url } = await startServing(env)
  const link = `${url}/setup#${new URL(made.setupUrl).hash.slice(1)}`
  const administrator = await acceptLink('admin@example.com', 'setup', ['--url', link])
  return {
    db,
    env,
    url,
    nodeId: node.id,
    administrator,
    /** Somebody whom the directory pushed and who registered; not verified yet. */
    async register(email: string): Promise<TestPerson> {
      const { id } = await addUser(db, node.id, email)
      const invitation = (await openInvitations(db, [id])).get(id)
      const invitationUrl = invitationLink(await loadSecret(db, 'invitations'), url, invitation?.invitationId ?? '')
      return acceptLink(email, 'register', ['--invitation', invitationUrl])
    },
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
