import { findNode } from '@claviger/server/nodes/nodes.ts'
import { listMethods } from '@claviger/server/provisioning/list.ts'
import { methodBaseUrl } from '@claviger/server/provisioning/methods.ts'
import type { Command } from 'commander'
import { type ShownToken, shownTokens } from './method-token.ts'
import { Table, timeText, writeJsonArray } from './output.ts'
import { pagesOf } from './pages.ts'
import { addLinkOptions, type OpenStore, type StoreOptions, withStore } from './store.ts'

/** Adds `method list`. */
export function addMethodListCommand(method: Command): void {
  addLinkOptions(method.command('list'))
    .description('list the provisioning methods and their valid tokens')
    .option('--node <id>', 'of this node alone')
    .action(list)
}

async function list({ node, ...options }: StoreOptions & { node?: string }) {
  await withStore(options, async (store) => {
    if (node !== undefined) await findNode(store.db, node)
    const pages = methodPages(store, node)
    if (options.json) return writeJsonArray(pages)
    const table = new Table('METHOD', 'STATE', 'E-MAIL', 'BASE URL')
    for await (const page of pages) {
      await table.write(
        page.map(({ methodId, state, pausedBy, observe, emailPolicy, baseUrl, tokens }) => ({
          cells: [methodId, pausedBy === 'breaker' ? 'paused (limits)' : observe ? `${state} (observes)` : state, emailPolicy, baseUrl],
          notes: tokens.length === 0 ? ['no valid token'] : tokens.map(tokenText),
        })),
      )
    }
    await table.end('There is no provisioning method yet: run `claviger method add --node ID`.')
  })
}

async function* methodPages({ db, config, at }: OpenStore, nodeId: string | undefined) {
  const read = (after: string, limit: number) => listMethods(db, nodeId, after, limit)
  for await (const methods of pagesOf(read, ({ id }) => id)) {
    yield await Promise.all(
      methods.map(async ({ id, node_id, state, paused_by, observe, email_policy }) => ({
        methodId: id,
        nodeId: node_id,
        baseUrl: methodBaseUrl(config.publicUrl, node_id),
        state,
        pausedBy: paused_by,
        observe: observe === 1,
        emailPolicy: email_policy,
        tokens: await shownTokens(db, id, at),
      })),
    )
  }
}

function tokenText({ tokenId, hint, expiresAt, lastUsedAt }: ShownToken) {
  const used = lastUsedAt === null ? 'never used' : `last used ${timeText(Date.parse(lastUsedAt))}`
  const expires = expiresAt === null ? '' : `, expires ${timeText(Date.parse(expiresAt))}`
  return `token ${tokenId} (…${hint}), ${used}${expires}`
}
