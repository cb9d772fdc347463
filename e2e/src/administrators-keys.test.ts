import { openAccount } from '@claviger/client/account/open.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { newestApproverKey } from '@claviger/client/administration/newest-held-keys.ts'
import { setRole } from '@claviger/client/administration/roles.ts'
import { call } from '@claviger/client/api/call.ts'
import { wrapApproverKey } from '@claviger/client/keys/approver-key.ts'
import { certifiedUser } from '@claviger/client/keys/recipients.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import * as contract from '@claviger/contract/api/administration.ts'
import { appendLog, readHeldKeys } from '@claviger/contract/api/log.ts'
import { readPending } from '@claviger/contract/api/pending.ts'
import { NodeId } from '@claviger/contract/ids.ts'
import { addNode } from '@claviger/server/nodes/nodes.ts'
import { expect, test } from 'vitest'
import { approve, startApprovals } from './approval-scene.ts'
import { answering } from './between.ts'
import { certify } from './certify.ts'

async function start() {
  const scene = await startApprovals()
  const { api, ada } = scene
  const [root, staff] = [NodeId.parse(api.rootNodeId), NodeId.parse(api.nodeId)]
  const wanted = (who: OpenAccount, role: contract.AdministratorRole | null, nodeId = root) => {
    return { userId: who.owner.userId, nodeId, atRoot: nodeId === root, role }
  }
  const appoint = (who: OpenAccount, role: contract.AdministratorRole | null, nodeId = root) => setRole(ada, wanted(who, role, nodeId))
  const administrator = async (name: string, role: contract.AdministratorRole, nodeId = root) => {
    const account = await scene.person(name)
    await certify(ada, account)
    await appoint(account, role, nodeId)
    await refreshLog(account)
    return account
  }
  return { ...scene, root, staff, wanted, appoint, administrator }
}

/** The keys that somebody holds, as `kind epoch`. */
async function held({ connection }: OpenAccount): Promise<string[]> {
  const { heldKeys } = await call(connection, readHeldKeys, {})
  return heldKeys.map(({ key, epoch }) => `${key} ${epoch}`).toSorted()
}

const over = (account: OpenAccount, fetch: typeof globalThis.fetch): OpenAccount => ({
  ...account,
  connection: { ...account.connection, fetch },
})

test('after a full administrator is dismissed, the others hold the next keys, and people’s roots follow when their vaults are opened', async () => {
  const { api, person, administrator, appoint } = await start()
  const [grace, joan, lee] = [await administrator('grace', 'full'), await administrator('joan', 'full'), await person('lee')]
  const wraps = () =>
    api.db.selectFrom('root_wraps').select('epoch').where('user_id', '=', lee.owner.userId).where('way', '=', 'recovery-key').execute()
  await openAccount(lee.store)
  expect(await wraps()).toEqual([{ epoch: 1 }])
  await appoint(joan, null)
  expect(await held(joan)).toEqual([])
  expect(await held(grace)).toEqual(['approver-key 1', 'approver-key 2', 'recovery-key 1', 'recovery-key 2'])
  // Until they come, the key before opens it.
  expect(await wraps()).toEqual([{ epoch: 1 }])
  await openAccount(lee.store)
  expect(await wraps()).toEqual([{ epoch: 2 }])
})

test('where the client that dismissed somebody dies before the next keys, what waits says so and the next administrator makes them', async () => {
  const { ada, administrator, wanted } = await start()
  const [grace, joan] = [await administrator('grace', 'full'), await administrator('joan', 'full')]
  const dying: typeof fetch = async (input, init) => {
    if (init?.method === 'POST' && new URL(String(input)).pathname === appendLog.path) throw new TypeError('the line is cut')
    return fetch(input, init)
  }
  expect(await outcome(() => setRole(over(ada, dying), wanted(joan, null)))).toBe('unreachable')
  expect(await refreshLog(grace)).toMatchObject({ approverKeyDue: true, recoveryKeyDue: true })
  const { items } = await call(grace.connection, readPending, { kind: 'log-key' })
  expect(items.map(({ code, unblockedBy }) => [code, unblockedBy.map(({ name }) => name).toSorted()])).toEqual(
    Array(2).fill(['rotation-due', ['ada@example.com', 'grace@example.com']]),
  )
  expect((await approve(grace)).skipped).toEqual([])
  expect(grace.state).toMatchObject({ approverKeyDue: false, recoveryKeyDue: false })
  expect((await call(grace.connection, readPending, { kind: 'log-key' })).items).toEqual([])
  expect(await held(ada)).toEqual(['approver-key 1', 'approver-key 2', 'recovery-key 1', 'recovery-key 2'])
})

test('rights follow all of a user’s roles: one who becomes more and less again keeps what the role that is left needs', async () => {
  const { ada, administrator, appoint, staff, root, wanted } = await start()
  const grace = await administrator('grace', 'approvals', staff)
  const rights = async () => (await refreshLog(ada)).administrators.get(grace.owner.userId)
  expect([await rights(), await held(grace)]).toEqual([['certify'], ['approver-key 1']])
  await appoint(grace, 'full')
  expect(await rights()).toHaveLength(4)
  expect(await held(grace)).toEqual(['approver-key 1', 'approver-key 2', 'recovery-key 1'])
  await refreshLog(grace)
  // Nobody states their own rights anew: after their removal they may not.
  expect(await outcome(() => setRole(grace, wanted(grace, 'read-only', root)))).toBe('not_entitled')
  await appoint(grace, null)
  expect(await rights()).toEqual(['certify'])
  expect(await held(grace)).toEqual(['approver-key 1', 'approver-key 2', 'approver-key 3'])
  await appoint(grace, 'read-only', staff)
  expect([await rights(), await held(grace)]).toEqual([undefined, []])
})

test('a full administrator of a node sees and changes what is under it, and nothing else', async () => {
  const { api, ada, person, administrator, staff, root, wanted } = await start()
  const { id } = await api.write((trx) => addNode(trx, { name: 'Elsewhere', parentId: root }, 'test', Date.now()))
  const elsewhere = NodeId.parse(id)
  const [grace, lee] = [await administrator('grace', 'full', staff), await person('lee')]
  await administrator('joan', 'read-only', elsewhere)
  const { administrators } = await call(grace.connection, contract.listAdministrators, {})
  expect(administrators.map(({ email, nodeName }) => [email, nodeName])).toEqual([['grace@example.com', 'Staff']])
  await setRole(grace, wanted(lee, 'read-only', staff))
  for (const node of [root, elsewhere]) expect(await outcome(() => setRole(grace, wanted(lee, 'read-only', node)))).toBe('forbidden')
  // Who approves must be named in the log, which takes a full administrator of the root.
  await certify(ada, lee)
  expect(await outcome(() => setRole(grace, wanted(lee, 'approvals', staff)))).toBe('not_permitted')
  expect(await outcome(() => setRole(grace, wanted(ada, null)))).toBe('not_found')
  expect(await outcome(() => call(grace.connection, contract.lockUser, { user: ada.owner.userId }))).toBe('not_found')
})

test('nobody overwrites the keys of others: wraps come with what publishes the key, or makes their holder one', async () => {
  const { ada, person, administrator, staff } = await start()
  const [grace, lee] = [await administrator('grace', 'full', staff), await person('lee')]
  const state = await refreshLog(grace)
  const stolen = { ...(await wrapApproverKey(state, await newestApproverKey(grace, state), certifiedUser(state, ada.owner.userId))) }
  const asking = { userId: lee.owner.userId, nodeId: staff, role: 'read-only' as const, entries: [], heldKeys: [stolen] }
  expect(await outcome(() => call(grace.connection, contract.setRole, asking))).toBe('invalid_value')
  expect(await held(ada)).toEqual(['approver-key 1', 'recovery-key 1'])
})

test('a server that lies about its nodes makes no small role one that names administrators', async () => {
  const { api, ada, person, staff, wanted } = await start()
  const grace = await person('grace')
  await certify(ada, grace)
  const saying = (roles: { nodeId: string; isRoot: boolean; role: string }[]) =>
    over(
      ada,
      answering(`/api/v1/users/${grace.owner.userId}/roles`, () => ({ email: 'grace@example.com', status: 'active', roles })),
    )
  const lies = [
    [{ nodeId: staff, isRoot: true, role: 'read-only' }],
    [{ nodeId: api.rootNodeId, isRoot: true, role: 'full' }],
    [{ nodeId: api.rootNodeId, isRoot: false, role: 'full' }],
  ]
  for (const lie of lies) expect(await outcome(() => setRole(saying(lie), wanted(grace, 'read-only', staff)))).toBe('unexpected_answer')
  expect(await outcome(() => setRole(saying(lies[1] ?? []), wanted(grace, 'approvals', staff)))).toBe('unexpected_answer')
  expect((await refreshLog(ada)).administrators.size).toBe(1)
})

test('of two full administrators who demote and lock each other at the same moment, one is left', async () => {
  const { api, ada, administrator, wanted } = await start()
  const grace = await administrator('grace', 'full')
  const answers = await Promise.all([
    outcome(() => setRole(ada, wanted(grace, 'read-only'))),
    outcome(() => call(grace.connection, contract.lockUser, { user: ada.owner.userId, confirm: true })),
  ])
  expect(answers.filter((each) => each === 'accepted')).toHaveLength(1)
  const left = await api.db
    .selectFrom('administrators as a')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .select('u.email')
    .where('a.role', '=', 'full')
    .where('u.status', '=', 'active')
    .execute()
  expect(left).toHaveLength(1)
})

test('who is locked is not appointed, and who was deleted can still be dismissed', async () => {
  const { ada, person, appoint, administrator } = await start()
  const [grace, joan] = [await administrator('grace', 'full'), await person('joan')]
  await certify(ada, joan)
  await call(ada.connection, contract.lockUser, { user: joan.owner.userId })
  expect(await outcome(() => appoint(joan, 'approvals'))).toBe('conflict')
  await call(ada.connection, contract.deleteUser, { user: grace.owner.userId, confirm: true })
  await appoint(grace, null)
  expect((await refreshLog(ada)).administrators.has(grace.owner.userId)).toBe(false)
})
