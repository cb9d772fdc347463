import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { type ApprovalOptions, approveWork } from '@claviger/client/approvals/approve.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { type Keyring, loadKeyring } from '@claviger/client/approvals/keyring.ts'
import { grantFolderKey, makeFolderKey, wrapOwnFolderKey } from '@claviger/client/keys/folder-key.ts'
import { sealFolderName } from '@claviger/client/keys/folder-name.ts'
import { asGranter } from '@claviger/client/keys/grants.ts'
import { exportPrivateKey } from '@claviger/client/keys/key-pair.ts'
import { currentTeamKey } from '@claviger/client/keys/recipients.ts'
import { appendToLog } from '@claviger/client/log/append.ts'
import { newId } from '@claviger/client/new-id.ts'
import { addFolder, shareFolder } from '@claviger/contract/api/vault.ts'
import { toBase64url } from '@claviger/contract/bytes.ts'
import { FolderId, TeamId } from '@claviger/contract/ids.ts'
import type { Policy } from '@claviger/contract/log/statement.ts'
import { createTeam } from '@claviger/server/teams/create.ts'
import { addMembers, removeMembers, setMembers } from '@claviger/server/teams/members.ts'
import { lockTeam } from '@claviger/server/teams/team.ts'
import { expect } from 'vitest'
import { startApi, type TestApi } from './api-server.ts'
import { quickAda, quickPerson } from './people.ts'

/** A server on which Ada has set up, with what tests of approvals do again and again. */
export interface ApprovalScene {
  readonly api: TestApi
  readonly ada: OpenAccount
  /** Somebody who registered, and is certified by nobody. */
  person(name: string): Promise<OpenAccount>
  /** The directory pushes a group with these members into the node of people. */
  pushTeam(name: string, ...members: readonly OpenAccount[]): Promise<TeamId>
  addTo(teamId: TeamId, ...members: readonly OpenAccount[]): Promise<void>
  removeFrom(teamId: TeamId, ...members: readonly OpenAccount[]): Promise<void>
  setTo(teamId: TeamId, ...members: readonly OpenAccount[]): Promise<void>
  team(teamId: TeamId): Promise<{ status: string; key_epoch: number; rotation_due: number; version: number; name: string }>
  /** State and epoch of each member of the team, by the part of the address before the @. */
  members(teamId: TeamId): Promise<Record<string, string>>
  setPolicy(policy: Partial<Policy>): Promise<void>
}

export async function startApprovals(): Promise<ApprovalScene> {
  const api = await startApi()
  const ada = await quickAda(api)
  const idsOf = (members: readonly OpenAccount[]) => members.map(({ identity }) => identity.userId)
  const change =
    (act: typeof addMembers) =>
    async (teamId: TeamId, ...members: readonly OpenAccount[]) => {
      await api.write(async (trx) => {
        const scope = api.scope()
        await act(trx, scope, await lockTeam(trx, scope, teamId), idsOf(members))
      })
    }
  return {
    api,
    ada,
    person: (name) => quickPerson(api, `${name}@example.com`),
    async pushTeam(name, ...members) {
      const id = await api.write(async (trx) => {
        const scope = api.scope()
        const team = await createTeam(trx, scope, { name, externalId: null })
        await addMembers(trx, scope, team, idsOf(members))
        return team.id
      })
      return TeamId.parse(id)
    },
    addTo: change(addMembers),
    removeFrom: change(removeMembers),
    setTo: change(setMembers),
    team: (teamId) => api.db.selectFrom('teams').selectAll().where('id', '=', teamId).executeTakeFirstOrThrow(),
    async members(teamId) {
      const rows = await api.db
        .selectFrom('memberships as m')
        .innerJoin('users as u', 'u.id', 'm.user_id')
        .select(['u.email', 'm.state', 'm.epoch'])
        .where('m.team_id', '=', teamId)
        .orderBy('u.email')
        .execute()
      return Object.fromEntries(rows.map(({ email, state, epoch }) => [email.replace(/@.*/, ''), `${state} ${epoch}`]))
    },
    async setPolicy(policy) {
      await appendToLog(ada, (state) => [{ kind: 'policy-set', policy: { ...state.policy, ...policy } }])
    },
  }
}

/** What somebody's open vault or Admin Console does for those who wait. */
export function approve(account: OpenAccount, options: Partial<ApprovalOptions> = {}) {
  return approveWork(approverOf(account), { certify: false, ...options })
}

/** The private half of a team's key as somebody opens it now; null where they do not hold it. */
export async function opened(account: OpenAccount, teamId: TeamId, epoch = 1, keyring?: Keyring): Promise<string | null> {
  const approver = approverOf(account)
  await approver.refresh()
  const key = await (keyring ?? (await loadKeyring(approver))).teamKey(teamId, epoch)
  return key && toBase64url(await exportPrivateKey(key.encryption))
}

/** A folder of somebody's own that they share with the team. */
export async function shareFolderWith(teamId: TeamId, { connection, identity, root, owner, state }: OpenAccount) {
  const key = await makeFolderKey(owner.enterprise, { folderId: newId(FolderId), epoch: 1 })
  const { folderId } = key
  await call(connection, addFolder, { name: await sealFolderName('Servers', 1, key), key: await wrapOwnFolderKey(key, root, owner) })
  const grant = await grantFolderKey(key, currentTeamKey(state, teamId), asGranter(identity), Date.now())
  await call(connection, shareFolder, { folder: folderId, role: 'edit', grant })
  return { folderId, secret: toBase64url(key.secret.reveal()) }
}

/** Nothing is half done: pending without a key, active with the key of an epoch that there was, and nobody on it who is deleted. */
export async function expectWhole({ api }: ApprovalScene, teamId: TeamId) {
  const rows = await api.db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .innerJoin('teams as t', 't.id', 'm.team_id')
    .select(['m.user_id', 'm.state', 'm.epoch', 'm.key_grant', 'm.granted_by', 't.key_epoch', 'u.deleted_at'])
    .where('m.team_id', '=', teamId)
    .execute()
  for (const row of rows) {
    const pending = row.state === 'pending' && row.epoch === 0 && row.key_grant === null && row.granted_by === null
    const active =
      row.state === 'active' && row.epoch >= 1 && row.epoch <= row.key_epoch && row.key_grant !== null && row.granted_by !== null
    expect([row, pending !== active, row.deleted_at]).toEqual([row, true, null])
  }
  const log = await api.db.selectFrom('enterprise_log').select('statement').execute()
  const keys = log.filter(({ statement }) => {
    const { body } = JSON.parse(Buffer.from(statement, 'base64url').toString())
    return body.kind === 'team-key' && body.teamId === teamId
  })
  const { key_epoch } = await api.db.selectFrom('teams').select('key_epoch').where('id', '=', teamId).executeTakeFirstOrThrow()
  expect(keys).toHaveLength(key_epoch)
  return rows.length
}
