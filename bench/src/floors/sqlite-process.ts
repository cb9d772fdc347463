import { readFileSync } from 'node:fs'
import { connectSqlite } from '@claviger/server/storage/sqlite-line.ts'
import { argument } from '../parent.ts'
import type { StoreScope, UserRecipe } from '../recipe.ts'
import { serveBare } from './bare-server.ts'
import type { Fresh } from './fill.ts'
import { rowWriter, userCounter } from './sqlite-rows.ts'

export interface SqliteFloor {
  readonly location: string
  readonly scope: StoreScope
  readonly recipeFile: string
  /** Whether those that wait share a commit; otherwise each has its own. */
  readonly together: boolean
}

const { location, scope, recipeFile, together } = argument<SqliteFloor>()
const recipe: UserRecipe = JSON.parse(readFileSync(recipeFile, 'utf8'))
const file = connectSqlite(location, false)
const statement = (sql: string) => file.prepare(sql)
const [begin, commit, savepoint, release] = [
  statement('begin immediate'),
  statement('commit'),
  statement('savepoint one'),
  statement('release one'),
]
const writeRows = rowWriter(file, recipe)
const countUsers = userCounter(file, scope)

serveBare(recipe, scope, together ? storeTogether : storeAlone)

async function storeAlone(fresh: Fresh) {
  begin.run()
  writeRows(fresh)
  countUsers(1)
  commit.run()
}

interface Waiting {
  readonly fresh: Fresh
  readonly resolve: () => void
}

let waiting: Waiting[] = []

function storeTogether(fresh: Fresh): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push({ fresh, resolve }) === 1) setImmediate(commitWaiting)
  })
}

function commitWaiting() {
  const batch = waiting
  waiting = []
  begin.run()
  for (const { fresh } of batch) {
    savepoint.run()
    writeRows(fresh)
    countUsers(1)
    release.run()
  }
  commit.run()
  for (const { resolve } of batch) resolve()
}
