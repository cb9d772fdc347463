import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Child } from '../child.ts'
import type { StoreScope } from '../recipe.ts'
import { userRecipe } from '../user-recipe.ts'
import type { Target } from '../wire.ts'
import { oncePer, type Workshop } from '../workshop.ts'
import type { BytesFloor } from './bytes-process.ts'
import type { PostgresFloor } from './postgres-process.ts'
import type { SqliteFloor } from './sqlite-process.ts'

/** The recipe of a user, in a file that other processes read. */
export const recipeFileOf = oncePer(async (workshop: Workshop) => {
  const file = join(workshop.newFolder(), 'recipe.json')
  writeFileSync(file, JSON.stringify(await userRecipe(workshop)))
  return file
})

/** A floor, in a process of its own. */
export interface Floor extends Target {
  readonly server: Child
}

/** Bare node:http over a SQLite store that began as a blank one. */
export async function startSqliteFloor(workshop: Workshop, location: string, scope: StoreScope, together: boolean): Promise<Floor> {
  const recipeFile = await recipeFileOf(workshop)
  return started(workshop.start('./floors/sqlite-process.ts', { location, scope, recipeFile, together } satisfies SqliteFloor))
}

/** Bare node:http over a PostgreSQL database that began as a blank one. */
export async function startPostgresFloor(workshop: Workshop, url: string, scope: StoreScope): Promise<Floor> {
  const recipeFile = await recipeFileOf(workshop)
  return started(workshop.start('./floors/postgres-process.ts', { url, scope, recipeFile } satisfies PostgresFloor))
}

/** Bare node:http that gives every request the same answer, byte for byte. */
export function startBytesFloor(workshop: Workshop, { status, body }: { status: number; body: string }): Promise<Floor> {
  const bodyFile = join(workshop.newFolder(), 'body')
  writeFileSync(bodyFile, body)
  return started(workshop.start('./floors/bytes-process.ts', { status, bodyFile } satisfies BytesFloor))
}

async function started(server: Child): Promise<Floor> {
  const { port }: { port: number } = JSON.parse(await server.line())
  return { server, port, base: '', token: 'none' }
}
