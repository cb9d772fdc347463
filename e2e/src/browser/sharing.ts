import { grantFolderKey, makeFolderKey, openFolderKey } from '@claviger/client/keys/folder-key.ts'
import { asGranter } from '@claviger/client/keys/grants.ts'
import { type Identity, makeIdentity } from '@claviger/client/keys/identity.ts'
import { exportPrivateKey, importEncryptionKeyPair } from '@claviger/client/keys/key-pair.ts'
import { certifiedUser, currentTeamKey } from '@claviger/client/keys/recipients.ts'
import { openRecordPart, sealRecord } from '@claviger/client/keys/record.ts'
import { makeRecordKey, openRecordKey, wrapRecordKey } from '@claviger/client/keys/record-key.ts'
import { asTeam, grantTeamKey, makeTeamKey, openTeamKey, publishTeamKey } from '@claviger/client/keys/team-key.ts'
import { readLogFirst } from '@claviger/client/log/log-pin.ts'
import { asAdministrator, stateGenesis, stateNext } from '@claviger/client/log/log-statements.ts'
import { newId } from '@claviger/client/new-id.ts'
import { fromBase64url, readUtf8, toBase64url, utf8 } from '@claviger/contract/bytes.ts'
import type { SealedRecord, SealedRecordKey } from '@claviger/contract/envelopes.ts'
import { FolderId, RecordId, TeamId, UserId } from '@claviger/contract/ids.ts'
import type { LogEntry } from '@claviger/contract/log/entry.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { StatementBody } from '@claviger/contract/log/statement.ts'
import type { EncryptionKey } from '@claviger/contract/public-keys.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'

/** The same code for both sides, Node and the page: what one seals, the other opens. */

const NOON = Date.UTC(2026, 2, 1, 12)

/** A first administrator, and the log that names them. */
export interface Founder {
  readonly identity: Identity
  readonly log: readonly LogEntry[]
  readonly state: LogState
}

/** What a member of a team is sent, and the member's own keys. All of it is JSON, so that it can be passed on. */
export interface Shared {
  readonly log: readonly LogEntry[]
  readonly granter: UserId
  readonly member: { readonly id: UserId; readonly encryptionKey: EncryptionKey; readonly privateKey: string }
  readonly teamId: TeamId
  readonly folderId: FolderId
  readonly teamGrant: SignedStatement
  readonly folderGrant: SignedStatement
  readonly recordKey: SealedRecordKey
  readonly record: SealedRecord
}

export interface RecordText {
  readonly title: string
  readonly password: string
}

export async function found(): Promise<Founder> {
  const identity = await makeIdentity(newId(UserId))
  const { entry, state } = await stateGenesis(identity, 'ada@example.com', NOON)
  return { identity, log: [entry], state }
}

/** The founder certifies Grace, approves a team, admits Grace to it, and shares a folder with one record with the team. */
export async function share({ identity, ...founded }: Founder, text: RecordText): Promise<Shared> {
  const grace = await makeIdentity(newId(UserId))
  const log = [...founded.log]
  let { state } = founded
  const team = await makeTeamKey(state, newId(TeamId))
  const certificate: StatementBody = {
    kind: 'user-certified',
    userId: grace.userId,
    email: 'grace@example.com',
    identity: grace.public,
    replaces: null,
    evidence: { kind: 'administrator', wordsCompared: true },
  }
  for (const body of [certificate, publishTeamKey(team)]) {
    const stated = await stateNext(state, asAdministrator(identity), body, NOON)
    log.push(stated.entry)
    state = stated.state
  }
  const { enterprise } = state
  const teamGrant = await grantTeamKey(state, team, certifiedUser(state, grace.userId), asGranter(identity), NOON)
  const folder = await makeFolderKey(enterprise, { folderId: newId(FolderId), epoch: 1 })
  const folderGrant = await grantFolderKey(folder, currentTeamKey(state, team.teamId), asGranter(identity), NOON)
  const key = await makeRecordKey({ recordId: newId(RecordId), epoch: 1 })
  const fields = { id: key.recordId, folderId: folder.folderId, keyEpoch: 1, version: 1, author: identity.userId, modifiedAt: NOON }
  const record = await sealRecord(enterprise, fields, { meta: utf8(text.title), body: utf8(text.password) }, key)
  const privateKey = toBase64url(await exportPrivateKey(grace.encryption))
  const member = { id: grace.userId, encryptionKey: grace.encryption.public, privateKey }
  const ids = { granter: identity.userId, teamId: team.teamId, folderId: folder.folderId }
  return { log, ...ids, member, teamGrant, folderGrant, recordKey: await wrapRecordKey(key, folder), record }
}

/** What Grace reads: the log verified, then team, folder and record opened one with the other. @throws ClientError, ContractError */
export async function openShared({ log, granter, member, teamId, folderId, ...shared }: Shared): Promise<RecordText> {
  const state = await readLogFirst(log, null)
  const { enterprise } = state
  const by = certifiedUser(state, granter)
  const encryption = await importEncryptionKeyPair(fromBase64url(member.privateKey), member.encryptionKey)
  const opener = { grantee: { kind: 'user', id: member.id, encryptionKey: member.encryptionKey }, encryption } as const
  const team = await openTeamKey(state, shared.teamGrant, { teamId, epoch: 1 }, by, opener)
  const folder = await openFolderKey(enterprise, shared.folderGrant, { folderId, epoch: 1 }, by, asTeam(team))
  const { record, recordKey } = shared
  const key = await openRecordKey(recordKey, { recordId: record.id, epoch: record.keyEpoch }, folder)
  const part = async (name: 'meta' | 'body') => readUtf8(await openRecordPart(enterprise, record, name, key))
  return { title: await part('meta'), password: await part('body') }
}
