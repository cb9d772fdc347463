import { existsSync } from 'node:fs'
import { type Config, type Flags, processConfig } from '@claviger/server/config.ts'
import { AppError } from '@claviger/server/errors.ts'
import { findNode, type Node } from '@claviger/server/nodes/nodes.ts'
import type { ProvenNodeId, Scope } from '@claviger/server/nodes/scope.ts'
import { explainConnectFailure } from '@claviger/server/storage/connect-failure.ts'
import type { Db, Millis } from '@claviger/server/storage/database.ts'
import { tablesOf } from '@claviger/server/storage/migrate.ts'
import { closeDatabase, isPostgres, openDatabase } from '@claviger/server/storage/open.ts'
import type { Command } from 'commander'
import { withServingAddress } from './serving-address.ts'

/** Who acts, in the words of the audit log. */
export const ACTOR = 'command'

/** What every command that opens the store is given. */
export interface StoreOptions {
  data?: string
  databaseUrl?: string
  publicUrl?: string
  json?: boolean
}

export interface OpenStore {
  db: Db
  config: Config
  /** When the command was given. */
  at: Millis
}

/** The options of a command that opens the store. */
export function addStoreOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'the folder of the embedded store (CLAVIGER_DATA, ./data)')
    .option('--database-url <url>', 'a PostgreSQL store instead (CLAVIGER_DATABASE_URL)')
    .option('--json', 'write the result as JSON')
}

/** The same, and where people and directories reach the server: for commands that write links. */
export function addLinkOptions(command: Command): Command {
  return addStoreOptions(command).option('--public-url <url>', 'where browsers and directories reach the server (CLAVIGER_PUBLIC_URL)')
}

/** The settings of this command, its options over the environment. @throws AppError `invalid_value` */
export function settingsOf(options: Flags): Config {
  const config = processConfig(options)
  if (options.data !== undefined && isPostgres(config.storeLocation)) {
    process.stderr.write('note: --data is not used, for a PostgreSQL store is set.\n')
  }
  return config
}

/**
 * Opens a store that is there and up to date, and closes it after `work`. It makes nothing: a store that is not there is
 * more likely the wrong folder.
 * @throws AppError `not_found` where there is none, `conflict` where its tables are of another version, `unavailable`.
 */
export async function withStore<T>(options: StoreOptions, work: (store: OpenStore) => Promise<T>): Promise<T> {
  const config = withServingAddress(settingsOf(options))
  const { storeLocation } = config
  if (!isPostgres(storeLocation) && !existsSync(storeLocation)) throw noStore(`There is no store at ${storeLocation}.`)
  return useStore(config, async (store) => {
    await checkTables(store)
    return work(store)
  })
}

/** Opens the store, which the caller has just migrated, and closes it after `work`. */
export async function useStore<T>(config: Config, work: (store: OpenStore) => Promise<T>): Promise<T> {
  const db = await explained(openDatabase(config.storeLocation))
  try {
    return await explained(work({ db, config, at: Date.now() }))
  } finally {
    await closeDatabase(db)
  }
}

/** What comes of it, with a failure to reach the store put in words for an administrator. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw explainConnectFailure(error)
  }
}

/**
 * The node of this id. Whoever can open the store has a right to all that is in it, so this is where the command line's
 * own access is the proof. @throws AppError `not_found`
 */
export async function provenNode(db: Db, id: string): Promise<{ node: Node; nodeId: ProvenNodeId }> {
  const node = await findNode(db, id)
  return { node, nodeId: node.id as ProvenNodeId }
}

/** The scope of an act of this command on what is in a node. @throws AppError `not_found` */
export async function scopeOf(db: Db, nodeId: string, at: Millis): Promise<Scope> {
  const proven = await provenNode(db, nodeId)
  return { nodeId: proven.nodeId, enterpriseId: proven.node.enterprise_id, actor: ACTOR, at }
}

/** Where a store is, in words that hold no password. */
export function describeStore(location: string): string {
  if (!isPostgres(location)) return location
  const { host, pathname } = new URL(location)
  return `PostgreSQL at ${host}${pathname}`
}

async function checkTables({ db, config }: OpenStore) {
  const place = describeStore(config.storeLocation)
  switch (await tablesOf(db)) {
    case 'current':
      return
    case 'none':
      throw noStore(`The store at ${place} has no tables of Claviger.`)
    case 'newer':
      throw new AppError('conflict', `The store at ${place} was written by a newer version of Claviger: run that version.`)
    case 'older':
      throw new AppError(
        'conflict',
        `The store at ${place} is of an older version of Claviger: run \`claviger migrate\`, or restart the server.`,
      )
  }
}

function noStore(what: string) {
  return new AppError(
    'not_found',
    `${what} Make one with \`claviger init --enterprise NAME --admin EMAIL\`, or say where it is: --data DIR (CLAVIGER_DATA), or --database-url URL (CLAVIGER_DATABASE_URL).`,
  )
}
