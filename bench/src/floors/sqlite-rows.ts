import type { connectSqlite } from '@claviger/server/storage/sqlite-line.ts'
import type { StoreScope, UserRecipe } from '../recipe.ts'
import { type Fresh, filler } from './fill.ts'

type File = ReturnType<typeof connectSqlite>

/** Writes the rows of a user through prepared statements; the counter of the node is a row that all of them change. */
export function rowWriter(file: File, recipe: UserRecipe): (fresh: Fresh) => void {
  const inserts = recipe.tables.map(({ table, columns, cells }) => {
    const statement = file.prepare(`insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`)
    return { statement, fillers: cells.map(filler) }
  })
  return (fresh) => {
    for (const { statement, fillers } of inserts) statement.run(...fillers.map((fill) => fill(fresh)))
  }
}

/** Counts users of the node, as the product does: in one slot of its counter, for there is one connection. */
export function userCounter(file: File, { nodeId }: StoreScope): (users: number) => void {
  const count = file.prepare(
    'insert into node_counts (node_id, slot, users, teams) values (?, 1, ?, 0) on conflict (node_id, slot) do update set users = users + excluded.users',
  )
  return (users) => void count.run(nodeId, users)
}
