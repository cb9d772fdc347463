import {
  addFolder,
  binFolder,
  findRecipients,
  getVault,
  listAccess,
  listDueFolders,
  readRotation,
  renameFolder,
  rotateFolder,
  shareFolder,
  unshareFolder,
} from '@claviger/contract/api/vault.ts'
import { TeamId } from '@claviger/contract/ids.ts'
import type { FastifyInstance } from 'fastify'
import { write } from '../storage/write.ts'
import * as access from '../vault/access.ts'
import { checkGrants } from '../vault/folder-grant.ts'
import * as folders from '../vault/folders.ts'
import { vaultOf } from '../vault/list.ts'
import * as people from '../vault/people.ts'
import { requireRole } from '../vault/role.ts'
import * as rotate from '../vault/rotate.ts'
import * as rotation from '../vault/rotation.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** Folders: who can open them, and their keys. */
export function vaultRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, getVault, ({ userId }) => vaultOf(db, userId))
  serve(app, context, addFolder, (caller, input) => write(db, (trx) => folders.createFolder(trx, caller, input, Date.now())))
  serve(app, context, renameFolder, (caller, { folder, name }) =>
    write(db, (trx) => folders.renameFolder(trx, caller, folder, name, Date.now())),
  )
  serve(app, context, binFolder, async (caller, { folder, act }) => {
    const at = Date.now()
    await write(db, (trx) =>
      act === 'purge' ? folders.purgeFolder(trx, caller, folder, at) : folders.setFolderBinned(trx, caller, folder, act === 'bin', at),
    )
    return {}
  })

  serve(app, context, findRecipients, async (caller, { text }) => {
    const found = await people.findRecipients(db, caller, text)
    return { people: found.people, teams: found.teams.map(({ id, name }) => ({ teamId: TeamId.parse(id), name })) }
  })
  serve(app, context, listAccess, async (caller, { folder }) => ({ access: await access.listAccess(db, caller, folder) }))
  serve(app, context, shareFolder, async (caller, { folder, role, grant }) => {
    const { keyEpoch } = await requireRole(db, caller, folder, 'manage')
    const [checked] = await checkGrants(db, caller, { folderId: folder, epoch: keyEpoch }, [grant])
    if (checked === undefined) throw new Error('one grant was checked')
    return write(db, (trx) => access.shareFolder(trx, caller, checked, role, Date.now()))
  })
  serve(app, context, unshareFolder, (caller, { folder, grantee }) =>
    write(db, (trx) => access.unshareFolder(trx, caller, folder, grantee, Date.now())),
  )

  serve(app, context, listDueFolders, async (caller, { after }) => ({ folders: await rotation.dueFolders(db, caller, after) }))
  serve(app, context, readRotation, (caller, { folder }) => rotation.readRotation(db, caller, folder))
  serve(app, context, rotateFolder, async (caller, input) => {
    const checked = await rotate.checkRotation(db, caller, input)
    return write(db, (trx) => rotate.rotateFolder(trx, caller, checked, Date.now()))
  })
}
