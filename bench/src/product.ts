import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEnterprise } from '@claviger/server/enterprises/create.ts'
import { addMethod, methodBaseUrl, saveMethod } from '@claviger/server/provisioning/methods.ts'
import { validTokens } from '@claviger/server/provisioning/tokens.ts'
import { setLimits } from '@claviger/server/safety/limits.ts'
import { migrate } from '@claviger/server/storage/migrate.ts'
import { closeDatabase, openDatabase } from '@claviger/server/storage/open.ts'
import { write } from '@claviger/server/storage/write.ts'
import type { Child } from './child.ts'
import { freePort } from './free-port.ts'
import type { StoreScope } from './recipe.ts'
import type { Target } from './wire.ts'
import { oncePer, type Workshop } from './workshop.ts'

/** A store with a node whose provisioning method is saved, and with nobody in it. Runs begin from copies of it. */
export interface BlankStore {
  /** What `openDatabase` takes. */
  readonly location: string
  readonly base: string
  readonly token: string
  readonly scope: StoreScope
}

/** The server, in a process of its own. */
export interface Product extends Target {
  readonly server: Child
  readonly location: string
}

const STORE = 'claviger.db'

/** The blank SQLite store of this run. */
export const blankFile = oncePer((workshop: Workshop) => makeBlank(join(workshop.newFolder(), STORE)))

/** Makes the tables at `location`, an enterprise, and a method with its token. */
export async function makeBlank(location: string): Promise<BlankStore> {
  await migrate(location)
  const db = await openDatabase(location)
  const now = Date.now()
  const made = await write(db, async (trx) => {
    const { enterpriseId, rootNodeId } = await createEnterprise(trx, { name: 'Example', administrator: 'admin@example.com' }, now)
    const { method, token } = await addMethod(trx, rootNodeId, 'command', now)
    await saveMethod(trx, method.id, 'command', now)
    // What removes people is counted, as by default, and goes on.
    await setLimits(trx, method.id, { people: 1_000_000, percent: 100 }, 'command', now)
    const tokens = await validTokens(trx, method.id, now)
    const scope: StoreScope = { enterpriseId, nodeId: rootNodeId, methodId: method.id, tokenId: tokens[0]?.id ?? '' }
    return { base: methodBaseUrl('', rootNodeId), token, scope }
  })
  await closeDatabase(db)
  return { location, ...made }
}

/** A copy of a SQLite store that nobody has open. @returns its location */
export function copyOf({ location }: BlankStore, workshop: Workshop): string {
  const copy = join(workshop.newFolder(), STORE)
  copyFileSync(location, copy)
  return copy
}

/** Starts the real server, with default settings, on a store that began as `blank`. */
export async function startProduct(workshop: Workshop, blank: BlankStore, location: string): Promise<Product> {
  const port = await freePort()
  const store = location.endsWith(STORE) ? { data: location.slice(0, -STORE.length) } : { databaseUrl: location }
  const server = workshop.start('./serve-process.ts', { port, ...store }, launcherFlags())
  await server.line()
  return { server, location, port, base: blank.base, token: blank.token }
}

/** What the first line of the binary gives to Node: `#!/usr/bin/env -S node FLAGS`. */
function launcherFlags(): string[] {
  const binary = readFileSync(new URL('../../cli/bin/claviger.js', import.meta.url), 'utf8')
  const flags = /^#!.* node (.+)$/m.exec(binary)?.[1]
  if (flags === undefined) throw new Error('the first line of cli/bin/claviger.js has changed: say here how the server is started')
  return flags.split(' ')
}
