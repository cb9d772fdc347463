import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import type { Db } from './database.ts'
import { migrate } from './migrate.ts'
import { closeDatabase, openDatabase } from './open.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that testing-postgres.ts started, with a migrated database named `template`. */
    postgresUrl: string
  }
}

/** A new, migrated store of the engine that this run is for; it is gone when the test is over. */
export async function openTestDatabase(): Promise<Db> {
  const { db } = await openTestStore()
  return db
}

/** The same, with its location for what opens the store itself (a second process, the command line). */
export async function openTestStore(): Promise<{ db: Db; location: string }> {
  const location = process.env['TEST_STORE'] === 'postgres' ? await newPostgresDatabase() : await newSqliteFile()
  const db = await openDatabase(location)
  onTestFinished(() => closeDatabase(db))
  return { db, location }
}

/** The location of a new, migrated store that nobody has open. */
export function newTestLocation(): Promise<string> {
  return process.env['TEST_STORE'] === 'postgres' ? newPostgresDatabase() : newSqliteFile()
}

let made = 0

async function newPostgresDatabase(): Promise<string> {
  const server = inject('postgresUrl')
  const name = `test_${process.pid}_${made++}`
  const client = new pg.Client({ connectionString: new URL('/postgres', server).href })
  await client.connect()
  await client.query(`create database ${name} template template_claviger`)
  await client.end()
  return new URL(`/${name}`, server).href
}

async function newSqliteFile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'claviger.db')
  await migrate(file)
  return file
}
