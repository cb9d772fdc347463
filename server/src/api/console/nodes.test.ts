import { expect, test } from 'vitest'
import { createUsers } from '../../scim/testing-server.ts'
import { get, post, startConsole } from './testing-console.ts'

test('an administrator sees the tree with its counts, and what they may do in each node', async () => {
  const { ada, oscar, mia, scim, nodeId, rootNodeId, otherNodeId, team } = await startConsole()
  await createUsers(scim, 'grace@example.com', 'joan@example.com')
  await team('Engineering', [mia])
  const { status, body } = await get(ada, '/api/v1/nodes')
  expect(status).toBe(200)
  expect(body.nodes.map(({ name, parentId }: { name: string; parentId: string }) => [name, parentId])).toEqual([
    ['Example', null],
    ['Node 1', rootNodeId],
    ['Other', rootNodeId],
  ])
  expect(body.nodes[1]).toMatchObject({
    nodeId,
    isRoot: false,
    users: { invited: 2, active: 1, locked: 0 },
    teams: { pending: 0, active: 1, archived: 0 },
    method: { state: 'active' },
    rights: ['manage', 'manage-users', 'approve', 'read'],
  })
  const own = await get(oscar, '/api/v1/nodes')
  expect(own.body.nodes).toMatchObject([{ nodeId: otherNodeId, parentId: null, users: { active: 1 }, method: null }])
})

test('who is no administrator is told so, and who administers another node too', async () => {
  const { ada, oscar, mia, nodeId, otherNodeId } = await startConsole()
  const tree = await get(mia, '/api/v1/nodes')
  expect(tree).toMatchObject({ status: 403, body: { code: 'forbidden', message: expect.stringContaining('for administrators') } })
  expect(await get(oscar, `/api/v1/nodes/${nodeId}`)).toMatchObject({ status: 403 })
  expect(await get(ada, '/api/v1/nodes/01920000-0000-7000-8000-000000000000')).toMatchObject({ status: 403 })
  expect(await post(oscar, '/api/v1/nodes', { parentId: nodeId, name: 'Mine' })).toMatchObject({ status: 403 })
  expect(await post(oscar, `/api/v1/nodes/${otherNodeId}/remove`)).toMatchObject({ status: 403 })
})

test('a node is added, renamed and removed again', async () => {
  const { oscar, otherNodeId } = await startConsole()
  const added = await post(oscar, '/api/v1/nodes', { parentId: otherNodeId, name: 'Branch' })
  expect(added.status).toBe(200)
  const { nodeId } = added.body
  expect(await post(oscar, '/api/v1/nodes', { parentId: otherNodeId, name: ' branch ' })).toMatchObject({ status: 409 })
  expect(await post(oscar, `/api/v1/nodes/${nodeId}/rename`, { name: 'Office' })).toMatchObject({ status: 200 })
  expect((await get(oscar, `/api/v1/nodes/${nodeId}`)).body).toMatchObject({
    name: 'Office',
    path: [{ name: 'Other' }, { name: 'Office' }],
    administrators: 0,
    occupiedBy: null,
  })
  expect(await post(oscar, `/api/v1/nodes/${nodeId}/remove`)).toMatchObject({ status: 200 })
  expect((await get(oscar, '/api/v1/nodes')).body.nodes).toHaveLength(1)
  const { body } = await get(oscar, '/api/v1/activity')
  expect(body.entries[0]).toMatchObject({ action: 'node.removed', actor: { name: 'oscar@example.com' }, detail: { name: 'Office' } })
})

test('a node that holds something is not removed, and its page says what', async () => {
  const { ada, nodeId, rootNodeId, otherNodeId, node } = await startConsole()
  const refused = await post(ada, `/api/v1/nodes/${nodeId}/remove`)
  expect(refused).toMatchObject({ status: 409, body: { message: expect.stringContaining('It has users') } })
  expect(refused.body.message).toContain('A directory is connected')
  expect((await get(ada, `/api/v1/nodes/${otherNodeId}`)).body.occupiedBy).toContain('It has administrators')
  expect(await post(ada, `/api/v1/nodes/${rootNodeId}/remove`)).toMatchObject({ status: 409 })
  const empty = await node('Empty')
  expect(await post(ada, '/api/v1/methods', { nodeId: empty, kind: 'scim' })).toMatchObject({ status: 200 })
  expect(await post(ada, `/api/v1/nodes/${empty}/remove`), 'a method that was never saved goes with it').toMatchObject({ status: 200 })
})

test('a node that somebody is put into while it is removed either stays or takes nobody', async () => {
  const { ada, write, node, person, db } = await startConsole()
  for (let round = 0; round < 5; round++) {
    const nodeId = await node(`Brief ${round}`)
    const [removed, added] = await Promise.all([
      post(ada, `/api/v1/nodes/${nodeId}/remove`),
      person(`late${round}@example.com`, { nodeId }).catch(() => undefined),
    ])
    const left = await write((trx) => trx.selectFrom('nodes').select('id').where('id', '=', nodeId).execute())
    expect([left.length, added !== undefined]).toEqual(removed.status === 200 ? [0, false] : [1, true])
    const users = await db.selectFrom('users').select('id').where('node_id', '=', nodeId).execute()
    expect(users).toHaveLength(left.length)
  }
})
