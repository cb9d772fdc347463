import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { loadKeyring } from '@claviger/client/approvals/keyring.ts'
import { rotateTeam } from '@claviger/client/approvals/rotate-team.ts'
import { openFolderKey } from '@claviger/client/keys/folder-key.ts'
import { certifiedUser } from '@claviger/client/keys/recipients.ts'
import { asTeam } from '@claviger/client/keys/team-key.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { readApprovalWork, readTeamFolders } from '@claviger/contract/api/approvals.ts'
import { toBase64url } from '@claviger/contract/bytes.ts'
import { NodeId } from '@claviger/contract/ids.ts'
import { expect, test } from 'vitest'
import { approve, opened, shareFolderWith, startApprovals } from './approval-scene.ts'

/** A team with Grace, Joan and Lee on it, all admitted by Ada. */
async function start() {
  const scene = await startApprovals()
  const { ada, person, pushTeam } = scene
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  const teamId = await pushTeam('Engineering', grace, joan, lee)
  await approve(ada, { certify: true })
  return { ...scene, grace, joan, lee, teamId }
}

test('story 13: an administrator renews the key after a removal, the members follow, and the leaver has nothing of it', async () => {
  const { ada, grace, joan, lee, teamId, removeFrom, team, members } = await start()
  const before = await opened(grace, teamId)
  await removeFrom(teamId, joan)
  expect(await approve(ada)).toMatchObject({
    rotated: [{ teamId }],
    renewed: [{ email: 'grace@example.com' }, { email: 'lee@example.com' }],
    skipped: [],
  })
  expect(await team(teamId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
  expect(await members(teamId)).toEqual({ grace: 'active 2', lee: 'active 2' })
  const key = await opened(grace, teamId, 2)
  expect(key).not.toBe(before)
  expect([await opened(lee, teamId, 2), await opened(ada, teamId, 2)]).toEqual([key, key])
  expect([await opened(joan, teamId, 1), await opened(joan, teamId, 2)]).toEqual([null, null])
})

test('a member whose vault is open renews the key, without any administrator', async () => {
  const { ada, grace, joan, lee, teamId, removeFrom, team, members } = await start()
  await removeFrom(teamId, joan)
  expect(await approve(grace)).toMatchObject({ rotated: [{ teamId }], renewed: [{ email: 'lee@example.com' }], skipped: [] })
  expect(await team(teamId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
  expect(await members(teamId)).toEqual({ grace: 'active 2', lee: 'active 2' })
  const key = await opened(grace, teamId, 2)
  expect([await opened(lee, teamId, 2), await opened(ada, teamId, 2)]).toEqual([key, key])
})

test('a member whom a member admitted renews the key, as long as those between them and an approver are there', async () => {
  const { ada, grace, person, teamId, addTo, removeFrom, joan, members } = await start()
  const [amy, ben] = [await person('amy'), await person('ben')]
  await approve(ada, { certify: true })
  await addTo(teamId, amy)
  await approve(grace)
  await addTo(teamId, ben)
  await approve(amy)
  await removeFrom(teamId, joan)
  expect(await approve(ben)).toMatchObject({ rotated: [{ teamId }], skipped: [] })
  expect(await members(teamId)).toEqual({ amy: 'active 2', ben: 'active 2', grace: 'active 2', lee: 'active 2' })
  // Ben published that key, so what he gave out counts without him.
  await removeFrom(teamId, ben)
  expect(await approve(amy)).toMatchObject({ rotated: [{ teamId }], skipped: [] })
})

test('where the one is gone who admitted a member, another member or an approver renews the key', async () => {
  const { ada, grace, person, teamId, addTo, removeFrom } = await start()
  const amy = await person('amy')
  await approve(ada, { certify: true })
  await addTo(teamId, amy)
  await approve(grace)
  await removeFrom(teamId, grace)
  expect(await approve(amy)).toMatchObject({ rotated: [], skipped: [{ what: 'rotation', code: 'not_entitled' }] })
  expect(await approve(ada)).toMatchObject({ rotated: [{ teamId }], skipped: [] })
})

test('who left cannot renew the key, though the grant they were given is genuine', async () => {
  const { grace, joan, teamId, removeFrom, team } = await start()
  const approver = approverOf(joan)
  await approver.refresh()
  const keyring = await loadKeyring(approver)
  await keyring.teamKey(teamId, 1)
  await removeFrom(teamId, grace)
  const work = await call(joan.connection, readApprovalWork, {})
  const [waiting] = work.rotations
  if (waiting === undefined) throw new Error('Joan could renew the key')
  await removeFrom(teamId, joan)
  expect(await outcome(() => rotateTeam(approver, keyring, waiting))).toBe('forbidden')
  expect(await team(teamId)).toMatchObject({ key_epoch: 1, rotation_due: 1 })
})

test('a member renews no key that is not due; an administrator may', async () => {
  const { ada, grace, teamId, team, removeFrom, joan, api } = await start()
  const rotateNow = async (account: OpenAccount, heldBy: Parameters<typeof rotateTeam>[2]['heldBy']) => {
    const approver = approverOf(account)
    await approver.refresh()
    const waiting = { teamId, teamName: '', nodeId: NodeId.parse(api.nodeId), teamEpoch: (await team(teamId)).key_epoch, heldBy }
    return outcome(async () => rotateTeam(approver, await loadKeyring(approver), waiting))
  }
  await removeFrom(teamId, joan)
  const { heldBy = [] } = (await call(grace.connection, readApprovalWork, {})).rotations[0] ?? {}
  await api.write((trx) => trx.updateTable('teams').set({ rotation_due: 0 }).where('id', '=', teamId).execute())
  expect(await rotateNow(grace, heldBy)).toBe('conflict')
  expect(await rotateNow(ada, [])).toBe('accepted')
  expect(await team(teamId)).toMatchObject({ key_epoch: 2 })
})

test('what is shared with the team opens with its next key, and gets a key that the leaver never saw', async () => {
  const { ada, grace, joan, lee, teamId, removeFrom, api } = await start()
  const { folderId, secret } = await shareFolderWith(teamId, await upToDate(grace))
  await removeFrom(teamId, joan)
  const approver = approverOf(ada)
  await approver.refresh()
  const keyring = await loadKeyring(approver)
  const { rotations } = await call(ada.connection, readApprovalWork, {})
  for (const waiting of rotations) expect(await rotateTeam(approver, keyring, waiting)).toEqual({ done: true, skipped: [] })
  // The folder's key is the old one still, given to the team's new one.
  const { folders } = await call(ada.connection, readTeamFolders, { team: teamId })
  expect(folders).toMatchObject([{ folderId, folderEpoch: 1, teamEpoch: 2 }])
  const [folder] = folders
  const teamKey = await keyring.teamKey(teamId, 2)
  if (folder === undefined || teamKey === null) throw new Error('the folder is shared with the team')
  const granter = certifiedUser(ada.state, ada.identity.userId)
  const key = await openFolderKey(ada.state.enterprise, folder.grant, { folderId, epoch: 1 }, granter, asTeam(teamKey))
  expect(toBase64url(key.secret.reveal())).toBe(secret)
  expect(await api.db.selectFrom('folders').select(['key_epoch', 'rotation_due']).executeTakeFirstOrThrow()).toEqual({
    key_epoch: 1,
    rotation_due: 1,
  })
  // Then the folder gets its own next key.
  expect(await approve(ada)).toMatchObject({ renewed: [{ email: 'grace@example.com' }, { email: 'lee@example.com' }], rotatedFolders: 1 })
  expect(await api.db.selectFrom('folders').select(['key_epoch', 'rotation_due']).executeTakeFirstOrThrow()).toEqual({
    key_epoch: 2,
    rotation_due: 0,
  })
  expect(await opened(lee, teamId, 2)).not.toBeNull()
})

test('a folder that is shared while the team rotates is not left behind: the rotation is refused and done again', async () => {
  const { ada, grace, joan, teamId, removeFrom, api, team } = await start()
  await shareFolderWith(teamId, await upToDate(grace))
  await removeFrom(teamId, joan)
  let between = 0
  const slow: typeof fetch = async (input, init) => {
    if (String(input).endsWith('/rotate') && String(input).includes('/teams/') && between++ === 0) await shareFolderWith(teamId, grace)
    return fetch(input, init)
  }
  const report = await approve({ ...ada, connection: { ...ada.connection, fetch: slow } })
  expect(report).toMatchObject({ rotated: [{ teamId }], skipped: [] })
  expect(between).toBe(2)
  const rows = await api.db.selectFrom('folder_access').select(['folder_id', 'grantee_epoch']).where('grantee_id', '=', teamId).execute()
  expect(new Set(rows.filter((row) => row.grantee_epoch === 2).map((row) => row.folder_id)).size).toBe(2)
  expect(await team(teamId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
})

test('a folder whose key does not open holds up no rotation: it waits for who shared it', async () => {
  const { ada, grace, joan, teamId, removeFrom, api, team } = await start()
  const { folderId } = await shareFolderWith(teamId, await upToDate(grace))
  const broken = await shareFolderWith(teamId, grace)
  const row = await api.db
    .selectFrom('folder_access')
    .select('key_grant')
    .where('folder_id', '=', folderId)
    .where('grantee_kind', '=', 'team')
    .executeTakeFirstOrThrow()
  await api.write((trx) =>
    trx.updateTable('folder_access').set(row).where('folder_id', '=', broken.folderId).where('grantee_kind', '=', 'team').execute(),
  )
  await removeFrom(teamId, joan)
  const report = await approve(ada)
  expect(report).toMatchObject({ rotated: [{ teamId }] })
  expect(report.skipped).toContainEqual(expect.objectContaining({ what: 'folder', folderId: broken.folderId, code: 'bad_grant' }))
  expect(await team(teamId)).toMatchObject({ key_epoch: 2, rotation_due: 0 })
  const { folders } = await call(ada.connection, readTeamFolders, { team: teamId })
  expect(Object.fromEntries(folders.map((folder) => [folder.folderId, folder.teamEpoch]))).toEqual({ [folderId]: 2, [broken.folderId]: 1 })
})

async function upToDate(account: OpenAccount): Promise<OpenAccount> {
  await refreshLog(account)
  return account
}
