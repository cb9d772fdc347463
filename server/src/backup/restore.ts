import { AppError } from '../errors.ts'
import { fillStore, isInUse, storeInUse } from '../storage/fill.ts'
import { migrate } from '../storage/migrate.ts'
import { migrations } from '../storage/migrations/index.ts'
import { lockForServing } from '../storage/server-lock.ts'
import type { Header } from './format.ts'
import { readBackup } from './read.ts'

export interface RestoreResult {
  /** When the backup was made, in milliseconds since 1970. */
  createdAt: number
  /** How many rows of each table it held. */
  rows: Record<string, number>
}

/**
 * Fills the empty store at `location` with a backup, of either engine, in one transaction; a store that is not there is
 * made. The whole file is read first, so that a damaged one changes nothing. No server may run on the store, for it has read
 * its secrets already: on SQLite that is checked.
 * @throws AppError `not_found`, or `invalid_value` for a file that is not a whole backup that this version can read;
 * `conflict` where the store is in use.
 */
export async function restore(location: string, file: string): Promise<RestoreResult> {
  await readBackup(file, { header: refuseOtherTables, rows: async () => {} })
  const lock = lockForServing(location)
  try {
    if (await isInUse(location)) throw storeInUse()
    await migrate(location)
    const { header, trailer } = await fillStore(location, (filling) =>
      readBackup(file, { rows: ({ table, columns }, rows) => filling.insert(table, columns, rows) }),
    )
    return { createdAt: header.createdAt, rows: trailer.rows }
  } finally {
    lock.release()
  }
}

async function refuseOtherTables({ version, migrations: theirs }: Header) {
  const ours = Object.keys(migrations)
  if (theirs.some((name) => !ours.includes(name))) {
    throw new AppError('invalid_value', `this backup was written by a newer version (${version}): restore it with that version`)
  }
  if (theirs.length < ours.length) {
    throw new AppError(
      'invalid_value',
      `this backup was written by an older version (${version}): restore it with that version, then start this one on the store`,
    )
  }
}
