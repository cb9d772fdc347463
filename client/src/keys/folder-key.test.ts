import { fromBase64url, readUtf8, utf8 } from '@claviger/contract/bytes.ts'
import { FolderId, RecordId, TeamId } from '@claviger/contract/ids.ts'
import { AesSealed } from '@claviger/contract/sealed.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '../new-id.ts'
import { grantFolderKey, makeFolderKey, openFolderKey, openOwnFolderKey, wrapOwnFolderKey } from './folder-key.ts'
import { asGrantee, asGranter } from './grants.ts'
import { currentTeamKey } from './recipients.ts'
import { openRecordPart, sealRecord } from './record.ts'
import { makeRecordKey, openRecordKey, rewrapRecordKey, wrapRecordKey } from './record-key.ts'
import { signStatement } from './sign.ts'
import { asTeam, makeTeamKey, publishTeamKey } from './team-key.ts'
import { addMember, append, certified, flipBit, foundEnterprise, NOON, outcome } from './testing-enterprise.ts'
import { makeUserRoot } from './user-root.ts'

async function start() {
  const enterprise = await foundEnterprise()
  const { ada } = enterprise
  const grace = await addMember(enterprise)
  const id = enterprise.state.enterprise
  const wanted = { folderId: newId(FolderId), epoch: 1 }
  const folder = await makeFolderKey(id, wanted)
  return { enterprise, ada, grace, id, wanted, folder }
}

async function startRecord() {
  const { ada, id, folder } = await start()
  const recordId = newId(RecordId)
  const key = await makeRecordKey({ recordId, epoch: 1 })
  const fields = { id: recordId, folderId: folder.folderId, keyEpoch: 1, version: 2, author: ada.userId, modifiedAt: NOON }
  const record = await sealRecord(id, fields, { meta: utf8('Mail'), body: utf8('password 1') }, key)
  return { id, folder, key, record, fields, recordId, wrap: await wrapRecordKey(key, folder) }
}

test('the owner of a personal folder opens its key, and nobody else’s wrap passes for it', async () => {
  const { id, ada, grace, wanted, folder } = await start()
  const [root, owner] = [makeUserRoot(), { enterprise: id, userId: ada.userId }]
  const wrap = await wrapOwnFolderKey(folder, root, owner)
  expect((await openOwnFolderKey(wrap, wanted, root, owner)).secret.reveal()).toEqual(folder.secret.reveal())
  const attempts = [
    () => openOwnFolderKey(wrap, wanted, makeUserRoot(), owner),
    () => openOwnFolderKey(wrap, wanted, root, { ...owner, userId: grace.userId }),
    () => openOwnFolderKey(wrap, { ...wanted, epoch: 2 }, root, owner),
    () => openOwnFolderKey(wrap, { ...wanted, folderId: newId(FolderId) }, root, owner),
  ]
  expect(await Promise.all(attempts.map(outcome))).toEqual(attempts.map(() => 'cannot_open'))
})

test('who is in the team opens a folder that is shared with it', async () => {
  const { enterprise, ada, id, wanted, folder } = await start()
  const team = await makeTeamKey(enterprise.state, newId(TeamId))
  await append(enterprise, publishTeamKey(team))
  const grant = await grantFolderKey(folder, currentTeamKey(enterprise.state, team.teamId), asGranter(ada), NOON)
  const opened = await openFolderKey(id, grant, wanted, certified(enterprise, ada), asTeam(team))
  expect(opened.secret.reveal()).toEqual(folder.secret.reveal())
  const next = await makeTeamKey(enterprise.state, team.teamId)
  expect(await outcome(() => openFolderKey(id, grant, wanted, certified(enterprise, ada), asTeam(next)))).toBe('bad_grant')
})

test('a folder key that the server made itself is refused, because nobody signed it', async () => {
  const { enterprise, ada, grace, id, wanted, folder } = await start()
  const grant = await grantFolderKey(folder, certified(enterprise, grace), asGranter(ada), NOON)
  const own = await makeFolderKey(id, wanted)
  const server = await addMember(await foundEnterprise())
  const forged = await grantFolderKey(own, certified(enterprise, grace), { ...asGranter(server), granter: asGranter(ada).granter }, NOON)
  const open = (given: typeof grant, granter = ada) => openFolderKey(id, given, wanted, certified(enterprise, granter), asGrantee(grace))
  expect(await outcome(() => open(grant))).toBe('accepted')
  expect(await outcome(() => open(forged))).toBe('bad_grant')
  expect(await outcome(() => open({ ...grant, statement: forged.statement }))).toBe('bad_grant')
})

test('a folder’s grant for another folder or epoch, or a team’s grant in its place, is refused', async () => {
  const { enterprise, ada, grace, id, wanted, folder } = await start()
  const grant = await grantFolderKey(folder, certified(enterprise, grace), asGranter(ada), NOON)
  const open = (given: typeof grant, asked = wanted) => openFolderKey(id, given, asked, certified(enterprise, ada), asGrantee(grace))
  expect(await outcome(() => open(grant, { ...wanted, epoch: 2 }))).toBe('bad_grant')
  expect(await outcome(() => open(grant, { ...wanted, folderId: newId(FolderId) }))).toBe('bad_grant')
  const said = JSON.parse(readUtf8(fromBase64url(grant.statement)))
  const replayed = await signStatement(ada.signing, 'grant', { ...said, epoch: 2 })
  expect(await outcome(() => open(replayed, { ...wanted, epoch: 2 }))).toBe('cannot_open')
})

test('a record opens as it was written', async () => {
  const { id, folder, record, wrap, recordId } = await startRecord()
  const key = await openRecordKey(wrap, { recordId, epoch: 1 }, folder)
  expect(readUtf8(await openRecordPart(id, record, 'meta', key))).toBe('Mail')
  expect(readUtf8(await openRecordPart(id, record, 'body', key))).toBe('password 1')
})

test('a server can change nothing that it keeps beside a record, swap no parts, and pass no old version for a new one', async () => {
  const { id, key, record, fields } = await startRecord()
  const newer = await sealRecord(id, { ...fields, version: 3 }, { meta: utf8('Mail'), body: utf8('password 2') }, key)
  const otherId = newId(RecordId)
  const otherKey = await makeRecordKey({ recordId: otherId, epoch: 1 })
  const other = await sealRecord(id, { ...fields, id: otherId }, { meta: utf8('Bank'), body: utf8('password 3') }, otherKey)
  const lies = [
    { ...record, version: 3 },
    { ...newer, body: record.body },
    { ...record, modifiedAt: record.modifiedAt + 1 },
    { ...record, author: (await addMember(await foundEnterprise())).userId },
    { ...record, folderId: newId(FolderId) },
    { ...record, body: record.meta },
    { ...record, body: other.body },
  ]
  expect(await Promise.all(lies.map((lie) => outcome(() => openRecordPart(id, lie, 'body', key))))).toEqual(lies.map(() => 'cannot_open'))
  expect(await outcome(() => openRecordPart(id, record, 'body', otherKey))).toBe('cannot_open')
  const foreign = (await foundEnterprise()).state.enterprise
  expect(await outcome(() => openRecordPart(foreign, record, 'body', key))).toBe('cannot_open')
})

test('a record with any bit altered does not open', async () => {
  const { id, key, record } = await startRecord()
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (bit) => {
      const body = AesSealed.parse(flipBit(record.body, bit))
      expect(await outcome(() => openRecordPart(id, { ...record, body }, 'body', key))).toBe('cannot_open')
    }),
  )
})

test('a record’s key opens under its own folder’s key of that epoch only', async () => {
  const { id, folder, wrap, recordId } = await startRecord()
  const wanted = { recordId, epoch: 1 }
  const next = await makeFolderKey(id, { folderId: folder.folderId, epoch: 2 })
  const moved = await rewrapRecordKey(wrap, wanted, folder, next)
  expect(await outcome(() => openRecordKey(moved, wanted, next))).toBe('accepted')
  const attempts = [
    () => openRecordKey(wrap, wanted, next),
    () => openRecordKey(moved, wanted, folder),
    () => openRecordKey(wrap, wanted, { ...folder, epoch: 2 }),
    () => openRecordKey(wrap, wanted, { ...folder, folderId: newId(FolderId) }),
    () => openRecordKey(wrap, { ...wanted, epoch: 2 }, folder),
    () => openRecordKey(wrap, { ...wanted, recordId: newId(RecordId) }, folder),
  ]
  expect(await Promise.all(attempts.map(outcome))).toEqual(attempts.map(() => 'cannot_open'))
})

test('a record is not sealed with another record’s key', async () => {
  const { id, key, fields } = await startRecord()
  const parts = { meta: utf8('a'), body: utf8('b') }
  expect(await outcome(() => sealRecord(id, { ...fields, id: newId(RecordId) }, parts, key))).toBe('unknown_key')
  expect(await outcome(() => sealRecord(id, { ...fields, keyEpoch: 2 }, parts, key))).toBe('unknown_key')
})
