import { existsSync, mkdirSync } from 'node:fs'
import type { Config } from '@claviger/server/config.ts'
import { migrate } from '@claviger/server/storage/migrate.ts'
import { isPostgres } from '@claviger/server/storage/open.ts'
import type { Command } from 'commander'
import { say, writeJson } from './output.ts'
import { addStoreOptions, describeStore, explained, type StoreOptions, settingsOf } from './store.ts'

/** Adds `migrate`. */
export function addMigrateCommand(program: Command): void {
  addStoreOptions(program.command('migrate'))
    .description("bring the store to this version's tables, as `serve` does when it starts")
    .action(run)
}

/**
 * Brings the store to this version's tables; an embedded one is made where it is missing.
 * @returns the names of the migrations that ran
 * @throws AppError `conflict` for the store of a newer version, `unavailable`
 */
export function migrateStore({ storeLocation, dataFolder }: Config): Promise<string[]> {
  if (!isPostgres(storeLocation)) mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  return explained(migrate(storeLocation))
}

async function run(options: StoreOptions) {
  const config = settingsOf(options)
  const { storeLocation } = config
  const isNew = !isPostgres(storeLocation) && !existsSync(storeLocation)
  const ran = await migrateStore(config)
  if (options.json) return writeJson({ migrations: ran })
  const place = describeStore(storeLocation)
  if (isNew) return say(`There was no store at ${place}: made an empty one. Next: claviger init --enterprise NAME --admin EMAIL`)
  await say(ran.length === 0 ? `The store at ${place} is up to date.` : `The store at ${place} is up to date now. Ran: ${ran.join(', ')}`)
}
