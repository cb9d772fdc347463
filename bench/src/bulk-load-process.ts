import { readFileSync } from 'node:fs'
import { connectSqlite } from '@claviger/server/storage/sqlite-line.ts'
import { freshOf } from './floors/fill.ts'
import { rowWriter, userCounter } from './floors/sqlite-rows.ts'
import { newUser } from './new-user.ts'
import { argument, endWithParent, tell } from './parent.ts'
import type { StoreScope, UserRecipe } from './recipe.ts'

/** Users to put into a store that nobody serves from: the first `count` of `tag`, with all rows that the product writes. */
export interface BulkLoad {
  readonly location: string
  readonly scope: StoreScope
  readonly recipeFile: string
  readonly tag: string
  readonly count: number
}

endWithParent()
const { location, scope, recipeFile, tag, count } = argument<BulkLoad>()
const recipe: UserRecipe = JSON.parse(readFileSync(recipeFile, 'utf8'))
const file = connectSqlite(location, false)
// One transaction into a file that is thrown away on failure needs neither journal nor fsync; the indexes want to be in memory.
file.exec('PRAGMA journal_mode = DELETE')
file.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA locking_mode = EXCLUSIVE')
const writeRows = rowWriter(file, recipe)
const countUsers = userCounter(file, scope)
file.exec('begin')
for (let n = 0; n < count; n++) {
  const { email, externalId } = newUser(tag, n)
  writeRows(freshOf(recipe, scope, email, externalId))
}
countUsers(count)
file.exec('commit')
file.close()
tell(count)
process.exit(0)
