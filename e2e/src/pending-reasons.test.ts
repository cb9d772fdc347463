import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { renewDueKeys, setRole } from '@claviger/client/administration/roles.ts'
import { call } from '@claviger/client/api/call.ts'
import { enrolAutomator } from '@claviger/client/automator/enrol.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { appendToLog, stateAll } from '@claviger/client/log/append.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { asAdministrator } from '@claviger/client/log/log-statements.ts'
import { setRole as setRoleRoute } from '@claviger/contract/api/administration.ts'
import { type PendingItem, readPending } from '@claviger/contract/api/pending.ts'
import { NodeId, UserId } from '@claviger/contract/ids.ts'
import { newId } from '@claviger/server/storage/id.ts'
import { expect, test } from 'vitest'
import { approve, startApprovals } from './approval-scene.ts'
import { certify } from './certify.ts'

const pendingOf = async ({ connection }: OpenAccount) => (await call(connection, readPending, {})).items

function whoEnds({ unblockedBy }: PendingItem): string[] {
  return unblockedBy.map(({ kind, name, online }) => `${kind} ${name} ${online ? 'online' : 'away'}`)
}

test('an invitation that failed, one that expired and one that is open wait for different people, in plain words', async () => {
  const { api, ada, person, pushTeam } = await startApprovals()
  const grace = await person('grace')
  await certify(ada, grace)
  const teamId = await pushTeam('Engineering', grace)
  await approve(ada)
  const ids = await Promise.all(['failed', 'expired', 'open'].map(async (name) => (await api.invite(`${name}@example.com`)).userId))
  const [failed, expired] = ids
  await api.write(async (trx) => {
    const ofFailed = trx
      .selectFrom('invitations')
      .select('id')
      .where('user_id', '=', failed ?? '')
    await trx.updateTable('outbox').set({ state: 'failed', last_error: '550 no such box' }).where('invitation_id', 'in', ofFailed).execute()
    await trx
      .updateTable('invitations')
      .set({ expires_at: 1 })
      .where('user_id', '=', expired ?? '')
      .execute()
    for (const id of ids) {
      await trx.insertInto('memberships').values({ team_id: teamId, user_id: id, state: 'pending', created_at: 1 }).execute()
    }
  })
  const items = (await pendingOf(ada)).filter(({ kind }) => kind === 'user')
  expect(Object.fromEntries(items.map((item) => [item.code, whoEnds(item)]))).toEqual({
    'mail-failed': ['administrator ada@example.com online'],
    'invitation-expired': ['administrator ada@example.com online'],
    'not-registered': ['user open@example.com away'],
  })
  const reasonOf = (all: readonly PendingItem[]) => all.find(({ code }) => code === 'mail-failed')?.reason
  expect(reasonOf(items)).toMatch(/failed@example.com could not be delivered \(550 no such box\): check the address/)
  // A member who could admit them hears why they wait, and nothing of what the mail server said.
  const seen = await pendingOf(grace)
  expect(seen.map(({ code }) => code).toSorted()).toEqual(['invitation-expired', 'mail-failed', 'not-registered'])
  expect(reasonOf(seen)).toMatch(/could not be delivered: check/)
})

test('a device that waits names its owner and who may recover accounts', async () => {
  const { api, ada, person } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  await certify(ada, grace, joan)
  await setRole(ada, { userId: joan.owner.userId, nodeId: NodeId.parse(api.nodeId), atRoot: false, role: 'approvals' })
  await api.write(async (trx) => {
    const device = { device_id: newId(), device: '{}', name: 'Phone', secret_hash: 'x', state: 'pending' as const }
    const times = { created_at: Date.now(), expires_at: Date.now() + 60_000, decided_at: null, decided_by: null }
    await trx
      .insertInto('device_requests')
      .values({ ...device, ...times, id: newId(), user_id: grace.owner.userId })
      .execute()
  })
  const [device] = await pendingOf(grace)
  expect(device).toMatchObject({ kind: 'device', code: 'waits-for-approver', email: 'grace@example.com' })
  expect(device && whoEnds(device).toSorted()).toEqual(['administrator ada@example.com online', 'user grace@example.com online'])
  expect((await pendingOf(joan)).map(({ kind }) => kind)).toEqual(['device'])
  await api.write((trx) => trx.deleteFrom('device_requests').execute())
  expect(await pendingOf(joan)).toEqual([])
})

test('keys of the log that are due name who may renew them, and wait for nobody else', async () => {
  const { api, ada, person } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  await certify(ada, grace, joan)
  await setRole(ada, { userId: joan.owner.userId, nodeId: NodeId.parse(api.nodeId), atRoot: false, role: 'approvals' })
  const wanted = { userId: grace.owner.userId, nodeId: NodeId.parse(api.rootNodeId) }
  await setRole(ada, { ...wanted, atRoot: true, role: 'full' })
  // The dismissal alone, as where the line breaks before the new keys are made.
  const { entries } = await stateAll(await refreshLog(ada), asAdministrator(ada.identity), [
    { kind: 'administrator-removed', userId: grace.owner.userId },
  ])
  await call(ada.connection, setRoleRoute, { ...wanted, role: null, entries, heldKeys: [] })
  const due = (await pendingOf(joan)).filter(({ kind }) => kind === 'log-key')
  expect(due.map(({ reason }) => /approver key|recovery key/.exec(reason)?.[0])).toEqual(['approver key', 'recovery key'])
  expect(due.map(whoEnds)).toEqual([['administrator ada@example.com online'], ['administrator ada@example.com online']])
  expect(await pendingOf(grace)).toEqual([])
  await refreshLog(ada)
  await renewDueKeys(ada)
  expect((await pendingOf(joan)).filter(({ kind }) => kind === 'log-key')).toEqual([])
})

test('a folder of a team whose member left waits for its next key, and says whose team it is', async () => {
  const { api, ada, person, pushTeam } = await startApprovals()
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  await certify(ada, grace, joan, lee)
  const teamId = await pushTeam('Engineering', grace, joan)
  await approve(ada)
  const folderId = newId()
  await api.write(async (trx) => {
    const folder = { name: '{}', version: 1, key_epoch: 1, rotation_due: 1, revision: 1, created_at: 1, deleted_at: null } as const
    const owned = { id: folderId, enterprise_id: api.enterpriseId, owner_id: grace.owner.userId }
    await trx
      .insertInto('folders')
      .values({ ...folder, ...owned })
      .execute()
    const access = { grantee_epoch: 1, folder_epoch: 1, role: 'edit', key_grant: '{}', created_at: 1 } as const
    await trx
      .insertInto('folder_access')
      .values({ ...access, folder_id: folderId, grantee_kind: 'team', grantee_id: teamId })
      .execute()
  })
  const [item] = await pendingOf(joan)
  expect(item).toMatchObject({ kind: 'folder-rotation', code: 'rotation-due', team: 'Engineering', subjectId: folderId })
  expect(
    item &&
      whoEnds(item)
        .map((who) => who.split(' ').slice(0, 2).join(' '))
        .toSorted(),
  ).toEqual(['administrator ada@example.com', 'member grace@example.com', 'member joan@example.com'])
  expect(await pendingOf(lee)).toEqual([])
})

test('more than fit come page by page, each once, and a made-up place is refused', async () => {
  const { api, ada } = await startApprovals()
  for (let each = 0; each < 5; each++) await api.invite(`user${each}@example.com`)
  const seen: (string | null)[] = []
  let after: string | undefined
  do {
    const page = await call(ada.connection, readPending, { kind: 'user', limit: 2, ...(after !== undefined && { after }) })
    seen.push(...page.items.map(({ email }) => email))
    expect(page.items.length).toBeLessThanOrEqual(2)
    after = page.more[0]?.after
  } while (after !== undefined)
  expect(seen.toSorted()).toEqual([0, 1, 2, 3, 4].map((each) => `user${each}@example.com`))
  expect(await outcome(() => call(ada.connection, readPending, { kind: 'user', after: 'x' }))).toBe('invalid_cursor')
  expect(await outcome(() => call(ada.connection, readPending, { after: UserId.parse(newId()) }))).toBe('invalid_cursor')
})

test('while everybody whom the directory pushes is let in, nobody waits to be verified', async () => {
  const { ada, person } = await startApprovals()
  await person('grace')
  expect((await pendingOf(ada)).map(({ code }) => code)).toEqual(['not-verified'])
  await appendToLog(ada, (state) => [{ kind: 'policy-set', policy: { ...state.policy, autoApproval: 'everyone' } }])
  expect(await pendingOf(ada)).toEqual([])
})

test('a member of an older epoch waits for the new key, which members who hold it, administrators and automators can give', async () => {
  const { api, ada, person, pushTeam, removeFrom } = await startApprovals()
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  const teamId = await pushTeam('Engineering', grace, joan, lee)
  await approve(ada, { certify: true })
  await enrolAutomator(ada, {
    name: 'Robot',
    scope: { rights: ['memberships'], nodes: [NodeId.parse(api.nodeId)], verifiedPeopleOnly: false },
    domains: [],
  })
  await removeFrom(teamId, lee)
  const onlyGrace = { users: ({ userId }: { userId: UserId }) => userId === grace.owner.userId }
  expect(await approve(ada, onlyGrace)).toMatchObject({ rotated: [{ teamId }], renewed: [{ email: 'grace@example.com' }] })
  await api.write((trx) => trx.updateTable('sessions').set({ used_at: 1 }).where('user_id', '=', ada.owner.userId).execute())
  const item = (await pendingOf(grace)).find(({ code }) => code === 'renewal-due')
  expect(item).toMatchObject({ kind: 'membership', email: 'joan@example.com', teamId })
  expect(item?.reason).toMatch(/Until then they read what the old one opens/)
  expect(item && whoEnds(item)).toEqual(['member grace@example.com online', 'administrator ada@example.com away', 'automator Robot away'])
})
