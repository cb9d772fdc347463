import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type BackupResult, backUp } from '@claviger/server/backup/backup.ts'
import { type RestoreResult, restore } from '@claviger/server/backup/restore.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { say, timeJson, timeText, writeJson } from './output.ts'
import { addStoreOptions, describeStore, explained, type StoreOptions, settingsOf, withStore } from './store.ts'

/** Adds `backup` and `restore`. */
export function addBackupCommands(program: Command): void {
  addStoreOptions(program.command('backup'))
    .description('write everything in the store to a file, as it is at one moment; the server may go on')
    .argument('<file>')
    .action(backUpTo)
  addStoreOptions(program.command('restore'))
    .description('fill an empty store, of either engine, with a backup; no server may run on it')
    .argument('<file>')
    .action(restoreFrom)
}

async function backUpTo(name: string, options: StoreOptions) {
  const file = resolve(name)
  const made = await withStore(options, ({ config, at }) => write(config.storeLocation, file, at))
  if (options.json) return writeJson(made)
  await say(
    `Wrote ${file} (${made.bytes} bytes): ${contents(made.rows)}.`,
    'It holds the secrets of the installation: keep it where only you can read it.',
  )
}

async function write(location: string, file: string, at: number): Promise<BackupResult> {
  if (!existsSync(dirname(file))) throw new AppError('invalid_value', `There is no folder ${dirname(file)} to put the backup into.`)
  try {
    return await backUp(location, file, at)
  } catch (error) {
    const ofFile = error instanceof Error && 'path' in error && String(error.path).startsWith(file)
    throw ofFile ? new AppError('forbidden', `The backup cannot be written: ${error.message}`, { cause: error }) : error
  }
}

async function restoreFrom(name: string, options: StoreOptions) {
  const { storeLocation } = settingsOf(options)
  const restored: RestoreResult = await explained(restore(storeLocation, resolve(name)))
  if (options.json) return writeJson({ createdAt: timeJson(restored.createdAt), rows: restored.rows })
  await say(
    `Restored the backup of ${timeText(restored.createdAt)} into ${describeStore(storeLocation)}: ${contents(restored.rows)}.`,
    'Next: claviger serve',
  )
}

function contents(rows: Record<string, number>) {
  const named = ['enterprises', 'nodes', 'users', 'teams'].map((table) => `${rows[table] ?? 0} ${table}`)
  return named.join(', ')
}
