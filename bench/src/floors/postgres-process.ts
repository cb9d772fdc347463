import { readFileSync } from 'node:fs'
import pg from 'pg'
import { argument } from '../parent.ts'
import type { StoreScope, UserRecipe } from '../recipe.ts'
import { serveBare } from './bare-server.ts'
import { type Fresh, filler } from './fill.ts'

export interface PostgresFloor {
  readonly url: string
  readonly scope: StoreScope
  readonly recipeFile: string
}

const CONNECTIONS = 16
/** As the product spreads the node's counter, so that transactions seldom wait for one row. */
const SLOTS = 32

const { url, scope, recipeFile } = argument<PostgresFloor>()
const recipe: UserRecipe = JSON.parse(readFileSync(recipeFile, 'utf8'))
const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS })
const inserts = recipe.tables.map(({ table, columns, cells }) => ({
  name: table,
  text: `insert into ${table} (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
  fillers: cells.map(filler),
}))
const count = {
  name: 'count',
  text: `insert into node_counts (node_id, slot, users, teams) values ($1, $2, 1, 0)
    on conflict (node_id, slot) do update set users = node_counts.users + 1`,
}
const slots = new WeakMap<pg.PoolClient, number>()
let connected = 0

serveBare(recipe, scope, async (fresh) => {
  const client = await pool.connect()
  try {
    await store(client, fresh)
  } finally {
    client.release()
  }
})

async function store(client: pg.PoolClient, fresh: Fresh) {
  const slot = slots.get(client) ?? connected++ % SLOTS
  slots.set(client, slot)
  await client.query('begin')
  for (const { name, text, fillers } of inserts) await client.query({ name, text, values: fillers.map((fill) => fill(fresh)) })
  await client.query({ ...count, values: [scope.nodeId, slot] })
  await client.query('commit')
}
