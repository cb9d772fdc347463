import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { readSnapshot, type Snapshot } from '../storage/snapshot.ts'
import { version } from '../version.ts'
import { FORMAT, type Header, type Section, type Trailer } from './format.ts'

export interface BackupResult {
  file: string
  bytes: number
  /** How many rows of each table it holds. */
  rows: Record<string, number>
}

/**
 * Writes everything in the store at `location`, as it is at one moment, to `file`; servers may go on writing. The file is
 * whole or not there: what was at its place stays until the new one is on disk. It holds the installation's secrets, so only
 * its owner can read it (mode 0600).
 */
export async function backUp(location: string, file: string, now: number): Promise<BackupResult> {
  const partial = `${file}.${process.pid}.partial`
  const rows: Record<string, number> = {}
  try {
    await readSnapshot(location, (snapshot) =>
      pipeline(Readable.from(linesOf(snapshot, rows, now)), createGzip(), createWriteStream(partial, { mode: 0o600, flush: true })),
    )
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
  await syncFolder(dirname(file))
  return { file, bytes: (await stat(file)).size, rows }
}

async function* linesOf(snapshot: Snapshot, rows: Record<string, number>, now: number): AsyncGenerator<string> {
  const hash = createHash('sha256')
  const hashed = (lines: string) => {
    hash.update(lines)
    return lines
  }
  const { migrations, tables } = snapshot
  yield hashed(line({ claviger: 'backup', format: FORMAT, version, migrations, createdAt: now } satisfies Header))
  for (const table of tables) {
    rows[table] = 0
    for await (const page of snapshot.pages(table)) {
      const columns = Object.keys(page[0] ?? {})
      if (rows[table] === 0) yield hashed(line({ table, columns } satisfies Section))
      rows[table] += page.length
      yield hashed(page.map((row) => line(columns.map((column) => row[column]))).join(''))
    }
  }
  yield line({ rows, sha256: hash.digest('hex') } satisfies Trailer)
}

function line(value: unknown) {
  return `${JSON.stringify(value)}\n`
}

/** Makes the new name of the file survive a power cut, as its bytes do. */
async function syncFolder(folder: string) {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
