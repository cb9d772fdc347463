import { call } from '@claviger/client/api/call.ts'
import { openVault } from '@claviger/client/vault/vault.ts'
import { listActivity } from '@claviger/contract/api/console/activity.ts'
import { addMethod, listMethods, readMethod, rotateToken } from '@claviger/contract/api/console/methods.ts'
import { listNodes, readNode } from '@claviger/contract/api/console/nodes.ts'
import { readOverview } from '@claviger/contract/api/console/overview.ts'
import { listProvisioningLog } from '@claviger/contract/api/console/provisioning-log.ts'
import { searchAll } from '@claviger/contract/api/console/search.ts'
import { changeSettings, readSettings } from '@claviger/contract/api/console/settings.ts'
import { listTeamMembers, listTeams, purgeTeam, readTeam, readTeamTimeline } from '@claviger/contract/api/console/teams.ts'
import { listUsers, listUserTeams, readUser, readUserTimeline } from '@claviger/contract/api/console/users.ts'
import { archiveTeam } from '@claviger/server/teams/archive.ts'
import { expect, test } from 'vitest'
import { codeOf, login, startVaults, titlesOf } from './vault-scene.ts'

test('story 13: a purged team leaves folders with their owner, who renews their keys; the members read nothing more', async () => {
  const { ada, certified, activeTeam, api } = await startVaults()
  const grace = await certified('grace')
  const teamId = await activeTeam('Engineering', grace)
  const mine = await openVault(ada)
  const { folderId } = await mine.addFolder('Servers')
  await mine.addRecords(folderId, [login('Root', 'one')])
  await mine.share(folderId, { teamId }, 'edit')
  expect(await titlesOf(grace)).toEqual(['Root'])
  expect((await call(ada.connection, readTeam, { team: teamId })).folders).toBe(1)

  await api.write((trx) => archiveTeam(trx, api.scope(), teamId))
  expect(await codeOf(call(grace.connection, purgeTeam, { team: teamId, confirmName: 'Engineering' }))).toBe('not_found')
  await call(ada.connection, purgeTeam, { team: teamId, confirmName: 'Engineering' })
  expect(await titlesOf(grace)).toEqual([])
  await mine.sync()
  expect(await mine.rotateDue()).toEqual({ rotated: [folderId], skipped: [] })
  expect(await titlesOf(ada)).toEqual(['Root'])
})

test('what the Admin Console is answered is what the contract says', async () => {
  const { ada, certified, activeTeam, api } = await startVaults()
  const grace = await certified('grace')
  const user = grace.identity.userId
  const team = await activeTeam('Engineering', grace)
  const ask = ada.connection
  const { methodId, token } = await call(ask, addMethod, {
    nodeId: (await call(ask, listNodes, {})).nodes[1]?.nodeId ?? fail(),
    kind: 'scim',
  })
  expect(token).toMatch(/^[\w-]{43}$/)
  await call(ask, rotateToken, { method: methodId })
  expect((await call(ask, readMethod, { method: methodId })).tokens).toHaveLength(2)
  expect((await call(ask, listMethods, {})).methods).toHaveLength(1)
  expect((await call(ask, listUsers, { search: 'grace', limit: 5 })).users).toMatchObject([
    { userId: user, status: 'active', verified: true, invitation: { state: 'accepted' }, lastSeenAt: expect.any(Number) },
  ])
  expect(await call(ask, readUser, { user })).toMatchObject({ devices: 1, roles: [], ownFolders: 0 })
  expect((await call(ask, listUserTeams, { user })).teams).toMatchObject([{ teamId: team, membership: 'active', epoch: 1 }])
  expect((await call(ask, readUserTimeline, { user })).entries.length).toBeGreaterThan(1)
  expect((await call(ask, listTeams, {})).teams).toMatchObject([{ teamId: team, members: { active: 1, pending: 0 }, keyEpoch: 1 }])
  expect((await call(ask, listTeamMembers, { team })).members).toMatchObject([
    { userId: user, grantedBy: { kind: 'user', id: ada.identity.userId } },
  ])
  expect((await call(ask, readTeamTimeline, { team })).entries.length).toBeGreaterThan(1)
  expect((await call(ask, readOverview, {})).waiting).toEqual([])
  expect((await call(ask, listActivity, { limit: 200 })).entries.length).toBeGreaterThan(5)
  expect((await call(ask, listProvisioningLog, {})).entries).toEqual([])
  expect((await call(ask, searchAll, { q: 'e' })).teams).toHaveLength(1)
  expect(await call(ask, changeSettings, { invitationDays: 3 })).toMatchObject({ invitationDays: 3, retentionDays: 90 })
  expect(await call(ask, readSettings, {})).toMatchObject({ invitationDays: 3, mayChange: true })
  expect((await call(ask, readNode, { node: (await call(ask, listNodes, {})).nodes[0]?.nodeId ?? fail() })).isRoot).toBe(true)
  expect(await codeOf(call(grace.connection, readOverview, {}))).toBe('forbidden')
  expect(api.log()).not.toContain(token)
})

function fail(): never {
  throw new Error('there is no such node')
}
