import { createEnterprise } from '@claviger/server/enterprises/create.ts'
import { setupLink } from '@claviger/server/invitations/link.ts'
import { loadSecret } from '@claviger/server/storage/secrets.ts'
import { write } from '@claviger/server/storage/write.ts'
import type { Command } from 'commander'
import { migrateStore } from './migrate.ts'
import { say, writeJson } from './output.ts'
import { withServingAddress } from './serving-address.ts'
import { addLinkOptions, type OpenStore, type StoreOptions, settingsOf, useStore } from './store.ts'

interface InitOptions extends StoreOptions {
  enterprise: string
  admin: string
}

export interface Initialised {
  enterpriseId: string
  rootNodeId: string
  setupUrl: string
}

/** Adds `init`. */
export function addInitCommand(program: Command): void {
  addLinkOptions(program.command('init'))
    .description('make an enterprise, its root node and its first administrator')
    .requiredOption('--enterprise <name>', 'the name of the enterprise')
    .requiredOption('--admin <email>', 'the e-mail address of the first administrator')
    .action(init)
}

async function init({ enterprise, admin, json, ...options }: InitOptions) {
  const config = withServingAddress(settingsOf(options))
  await migrateStore(config)
  const made = await useStore(config, (store) => initialise(store, enterprise, admin))
  if (json) return writeJson(made)
  await say(
    `Made the enterprise ${enterprise.trim()}.`,
    '',
    `Root node:  ${made.rootNodeId}`,
    `Set up:     ${made.setupUrl}`,
    '',
    `Give this link to ${admin.trim()} and to nobody else: it makes the account of the first administrator.`,
    'Next: claviger node add --name "Staff"',
  )
}

/** Makes an enterprise in an open store. @throws AppError as createEnterprise does */
export async function initialise({ db, config, at }: OpenStore, name: string, administrator: string): Promise<Initialised> {
  const { invitationId, enterpriseId, rootNodeId } = await write(db, (trx) => createEnterprise(trx, { name, administrator }, at))
  const key = await loadSecret(db, 'invitations')
  return { enterpriseId, rootNodeId, setupUrl: setupLink(key, config.publicUrl, invitationId) }
}
