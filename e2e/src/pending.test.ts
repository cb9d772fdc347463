import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { setRole } from '@claviger/client/administration/roles.ts'
import { call } from '@claviger/client/api/call.ts'
import { type PendingItem, readPending } from '@claviger/contract/api/pending.ts'
import { NodeId, type TeamId, type UserId } from '@claviger/contract/ids.ts'
import { addNode } from '@claviger/server/nodes/nodes.ts'
import { lineOf } from '@claviger/server/storage/line.ts'
import { plansOf } from '@claviger/server/storage/testing-plans.ts'
import { lockUser } from '@claviger/server/users/lock.ts'
import { expect, test } from 'vitest'
import { approve, startApprovals } from './approval-scene.ts'
import { certify } from './certify.ts'

const pendingOf = async ({ connection }: OpenAccount) => (await call(connection, readPending, {})).items

/** What waits, as `kind code who team`, and whom it waits for. */
function lines(items: readonly PendingItem[]): Record<string, string[]> {
  return Object.fromEntries(
    items.map(({ kind, code, email, team, unblockedBy }) => [
      [kind, code, email?.replace(/@.*/, ''), team].filter((part) => part).join(' '),
      unblockedBy.map((who) => `${who.kind} ${who.name.replace(/@.*/, '')}`),
    ]),
  )
}

test('each thing that waits says why, and names who can end the wait, from the push to the last member', async () => {
  const { api, ada, person, pushTeam } = await startApprovals()
  const grace = await person('grace')
  await api.invite('joan@example.com')
  const { userId: joan } = await api.invite('lee@example.com')
  const teamId = await pushTeam('Engineering', grace)
  await api.write(async (trx) => {
    await trx.insertInto('memberships').values({ team_id: teamId, user_id: joan, state: 'pending', created_at: 1 }).execute()
  })
  expect(lines(await pendingOf(ada))).toEqual({
    'team no-keys Engineering': ['administrator ada'],
    'membership team-pending grace Engineering': ['administrator ada'],
    'membership team-pending lee Engineering': ['administrator ada'],
    'user not-verified grace': ['administrator ada'],
    'user not-registered joan': ['user joan'],
    'user not-registered lee': ['user lee'],
  })
  await approve(ada, { certify: true })
  expect(lines(await pendingOf(ada))).toEqual({
    'membership not-registered lee Engineering': ['user lee'],
    'user not-registered joan': ['user joan'],
    'user not-registered lee': ['user lee'],
  })
})

test('a person’s page and a team’s page ask for what waits there alone, within what the caller may see', async () => {
  const { api, ada, person, pushTeam, removeFrom, addTo } = await startApprovals()
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  await certify(ada, grace, joan)
  const engineering = await pushTeam('Engineering', grace, joan)
  await approve(ada)
  await removeFrom(engineering, joan)
  await addTo(engineering, lee)
  const sales = await pushTeam('Sales', grace)
  const about = async (who: OpenAccount, input: { user?: UserId; team?: TeamId }) => {
    const { items, more } = await call(who.connection, readPending, input)
    expect(more).toEqual([])
    return Object.keys(lines(items)).toSorted()
  }
  expect(await about(ada, { user: lee.owner.userId })).toEqual(['membership not-verified lee Engineering', 'user not-verified lee'])
  expect(await about(ada, { user: grace.owner.userId })).toEqual(['membership team-pending grace Sales'])
  expect(await about(ada, { team: engineering })).toEqual(['membership not-verified lee Engineering', 'rotation rotation-due Engineering'])
  expect(await about(ada, { team: sales })).toEqual(['membership team-pending grace Sales', 'team no-keys Sales'])
  expect(await about(ada, { team: sales, user: lee.owner.userId })).toEqual([])
  // Each is found through an index of its own, however many others wait.
  const { dialect } = lineOf(api.db)
  const plans = await plansOf(api.db, () => about(ada, { user: lee.owner.userId }))
  const ofMemberships = plans.find(({ statement }) => statement.includes('from "memberships" as "m"') && statement.includes('limit'))
  expect(ofMemberships?.plan).toMatch(dialect === 'sqlite' ? /teams_of_user/ : /(teams_of_user|memberships_pkey)[\s\S]+user_id = /)
  // The question shows nobody more than the whole list does.
  expect(await about(joan, { team: engineering })).toEqual([])
  expect(await about(grace, { user: lee.owner.userId })).toEqual(['membership not-verified lee Engineering'])
})

test('a member sees what they wait for and whom they could admit, and nothing of others', async () => {
  const { api, ada, person, pushTeam, addTo } = await startApprovals()
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  await certify(ada, grace, joan, lee)
  const teamId = await pushTeam('Engineering', grace)
  await approve(ada)
  await addTo(teamId, joan)
  await pushTeam('Sales', lee)
  const seen = lines(await pendingOf(grace))
  expect(Object.keys(seen)).toEqual(['membership waits-for-approver joan Engineering'])
  expect(seen['membership waits-for-approver joan Engineering']).toEqual(expect.arrayContaining(['administrator ada', 'member grace']))
  expect(Object.keys(lines(await pendingOf(joan)))).toEqual(['membership waits-for-approver joan Engineering'])
  expect(Object.keys(lines(await pendingOf(lee)))).toEqual(['team no-keys Sales', 'membership team-pending lee Sales'])
  // Somebody locked cannot be admitted, and no approver ends that wait.
  await api.write((trx) => lockUser(trx, api.scope(), joan.owner.userId, true))
  expect(Object.keys(lines(await pendingOf(ada)))).toEqual(expect.arrayContaining(['membership locked joan Engineering']))
})

test('a removal shows the key that is due, until somebody has made it', async () => {
  const { ada, person, pushTeam, removeFrom } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  await certify(ada, grace, joan)
  const teamId = await pushTeam('Engineering', grace, joan)
  await approve(ada)
  await removeFrom(teamId, joan)
  expect(lines(await pendingOf(ada))).toEqual({
    'rotation rotation-due Engineering': expect.arrayContaining(['administrator ada', 'member grace']),
  })
  await approve(grace)
  expect(await pendingOf(ada)).toEqual([])
})

test('an administrator of a node hears of what waits there, and of nothing elsewhere', async () => {
  const { api, ada, person, pushTeam } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  await certify(ada, grace)
  const sales = await api.write((trx) => addNode(trx, { name: 'Sales', parentId: api.rootNodeId }, 'command', Date.now()))
  await pushTeam('Engineering', joan)
  const approverOf = (nodeId: string) =>
    ({ userId: grace.owner.userId, nodeId: NodeId.parse(nodeId), atRoot: false, role: 'approvals' }) as const
  await setRole(ada, approverOf(sales.id))
  expect(await pendingOf(grace)).toEqual([])
  await setRole(ada, approverOf(api.nodeId))
  expect(Object.keys(lines(await pendingOf(grace)))).toEqual(
    expect.arrayContaining(['team no-keys Engineering', 'membership team-pending joan Engineering', 'user not-verified joan']),
  )
})
