import { listNodes } from '@claviger/server/nodes/list.ts'
import { addNode } from '@claviger/server/nodes/nodes.ts'
import type { Db } from '@claviger/server/storage/database.ts'
import { write } from '@claviger/server/storage/write.ts'
import type { Command } from 'commander'
import { say, Table, writeJson, writeJsonArray } from './output.ts'
import { pagesOf } from './pages.ts'
import { ACTOR, addStoreOptions, type StoreOptions, withStore } from './store.ts'

/** Adds `node add` and `node list`. */
export function addNodeCommands(program: Command): void {
  const node = program.command('node').description('the places in an enterprise where users and teams live')
  addStoreOptions(node.command('add'))
    .description('add a node')
    .requiredOption('--name <name>', 'the name of the node')
    .option('--parent <id>', 'the node above it (the root node, where there is one enterprise)')
    .action(add)
  addStoreOptions(node.command('list')).description('list the nodes').action(list)
}

async function add({ name, parent, ...options }: StoreOptions & { name: string; parent?: string }) {
  const wanted = { name, parentId: parent ?? null }
  const added = await withStore(options, ({ db, at }) => write(db, (trx) => addNode(trx, wanted, ACTOR, at)))
  if (options.json) return writeJson({ nodeId: added.id })
  await say(`Added the node ${added.name}: ${added.id}`, `Next: claviger method add --node ${added.id}`)
}

async function list(options: StoreOptions) {
  await withStore(options, async ({ db }) => {
    if (options.json) return writeJsonArray(nodePages(db))
    const table = new Table('NODE', 'USERS', 'TEAMS', 'NAME')
    const paths = new Map<string, string>()
    for await (const page of nodePages(db)) {
      // A parent is older than what is under it, so its path is known by now.
      for (const { nodeId, parentId, name } of page) paths.set(nodeId, parentId === null ? name : `${paths.get(parentId) ?? '…'} / ${name}`)
      await table.write(page.map(({ nodeId, users, teams }) => ({ cells: [nodeId, users, teams, paths.get(nodeId)] })))
    }
    await table.end('There is no node yet: run `claviger init --enterprise NAME --admin EMAIL`.')
  })
}

function nodePages(db: Db) {
  return pagesOf(
    (after, limit) => listNodes(db, after, limit),
    ({ nodeId }) => nodeId,
  )
}
