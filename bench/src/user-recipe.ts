import type { Db } from '@claviger/server/storage/database.ts'
import { closeDatabase, openDatabase } from '@claviger/server/storage/open.ts'
import { sql } from 'kysely'
import { newUser } from './new-user.ts'
import { type BlankStore, blankFile, copyOf, startProduct } from './product.ts'
import { type Cell, FIRST_ID, scopeTexts, type UserRecipe } from './recipe.ts'
import { type Answer, demand, requestText, Wire } from './wire.ts'
import type { Workshop } from './workshop.ts'

type Value = string | number | null
type StoredRow = Readonly<Record<string, Value>>
/** Every row of every table. */
export type Contents = ReadonlyMap<string, readonly StoredRow[]>

/** What refers to a row comes after it. */
const ORDER = ['users', 'invitations', 'outbox', 'provisioning_log', 'audit_log', 'changes']
/** The engine numbers them by itself. */
const GENERATED = new Set(['sequence', 'transaction_id'])
/** Node sends these by itself. */
const NODES_OWN = /^(date|connection|keep-alive|content-length)$/i

/** Has the product make a user in a store of its own, and takes what it wrote and answered for the recipe of them all. */
export async function userRecipe(workshop: Workshop): Promise<UserRecipe> {
  const blank = await blankFile(workshop)
  const { before, after, answer } = await observeCreate(workshop, blank, copyOf(blank, workshop))
  const rows = [...newRows(before, after)].toSorted(([a], [b]) => rank(a) - rank(b))
  const user = rows.find(([table]) => table === 'users')?.[1]
  if (user === undefined) throw new Error('POST /Users made no user')
  return recipeOf(user, rows, answer, blank)
}

/** What stood in the store before and after one POST /Users of a server that had answered one before. */
async function observeCreate(workshop: Workshop, blank: BlankStore, location: string) {
  const product = await startProduct(workshop, blank, location)
  const db = await openDatabase(location)
  try {
    const wire = await Wire.to(product.port)
    // The first request of a token is written to it as well.
    await demand(wire, requestText(product, 'POST', '/Users', newUser('first0', 1).body))
    const before = await contentsOf(db)
    const answer = await demand(wire, requestText(product, 'POST', '/Users', newUser('second', 2).body))
    const after = await contentsOf(db)
    wire.close()
    return { before, after, answer }
  } finally {
    await closeDatabase(db)
    await product.server.stop()
  }
}

/** Reads the whole of a small store. */
export async function contentsOf(db: Db): Promise<Contents> {
  const tables = await db.introspection.getTables()
  const read = async (table: string) => (await sql<StoredRow>`select * from ${sql.table(table)}`.execute(db)).rows
  return new Map(await Promise.all(tables.map(async ({ name }) => [name, await read(name)] as const)))
}

/** The counter of the node is no new row, and stands apart in the floors; the server's jobs claim their turns in the other. */
const NOT_OF_THE_REQUEST = new Set(['node_counts', 'rate_limits'])

/** The rows that a request has added, each with its table. */
export function* newRows(before: Contents, after: Contents): Generator<readonly [string, StoredRow]> {
  for (const [table, rows] of after) {
    const known = new Set(before.get(table)?.map((row) => JSON.stringify(row)))
    if (NOT_OF_THE_REQUEST.has(table)) continue
    for (const row of rows) if (!known.has(JSON.stringify(row))) yield [table, row]
  }
}

function rank(table: string) {
  const place = ORDER.indexOf(table)
  return place < 0 ? ORDER.length : place
}

function recipeOf(user: StoredRow, rows: readonly (readonly [string, StoredRow])[], answer: Answer, { scope }: BlankStore): UserRecipe {
  const at = Number(user['created_at'])
  const ids = rows.flatMap(([, row]) => ['id', 'request_id'].flatMap((name) => (typeof row[name] === 'string' ? [row[name]] : [])))
  const fresh = [String(user['email']), String(user['external_id']), new Date(at).toISOString(), ...scopeTexts(scope), ...new Set(ids)]
  const cell = (value: Value) => cellOf(value, fresh, at)
  const headers = answer.head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(/: (.*)/s))
  return {
    ids: fresh.length - FIRST_ID,
    tables: rows.map(([table, row]) => {
      const columns = Object.keys(row).filter((column) => !GENERATED.has(column))
      return { table, columns, cells: columns.map((column) => cell(row[column] ?? null)) }
    }),
    headers: headers.flatMap(([name = '', value = '']) => (NODES_OWN.test(name) ? [] : [[name, cell(value)] as const])),
    body: cell(answer.body),
  }
}

/** Whatever is as large as today's milliseconds is a time. */
const SMALLEST_TIME = 1e12

function cellOf(value: Value, fresh: readonly string[], at: number): Cell {
  if (typeof value === 'number' && value > SMALLEST_TIME) return { kind: 'time', after: value - at }
  if (typeof value !== 'string') return { kind: 'same', value }
  let parts: readonly (string | number)[] = [value]
  for (const [index, text] of fresh.entries()) {
    parts = parts.flatMap((part) => {
      if (typeof part === 'number') return [part]
      return part.split(text).flatMap((between, place) => (place === 0 ? [between] : [index, between]))
    })
  }
  const filled = parts.filter((part) => part !== '')
  return filled.some((part) => typeof part === 'number') ? { kind: 'text', parts: filled } : { kind: 'same', value }
}
