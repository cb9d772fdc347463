import * as contract from '@claviger/contract/api/transfer.ts'
import type { FastifyInstance } from 'fastify'
import { write } from '../storage/write.ts'
import { checkTransfer, recordVaultOpened, transferVault, vaultOfLeaver } from '../vault/transfer.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** Giving the folders of somebody who left to somebody else. */
export function transferRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db, onCommit } = context
  serve(app, context, contract.openVaultOfLeaver, async (caller, { userId }) => {
    const vault = await vaultOfLeaver(db, caller, userId)
    await write(db, (trx) => recordVaultOpened(trx, caller, userId, Date.now()))
    return vault
  })

  serve(app, context, contract.transferVault, async (caller, { userId, ...given }) => {
    const checked = await checkTransfer(db, caller, userId, given)
    await write(db, (trx) => transferVault(trx, caller, checked, Date.now()))
    onCommit()
    return { folders: checked.grants.length }
  })
}
