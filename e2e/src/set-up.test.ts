import { openAccount } from '@claviger/client/account/open.ts'
import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { foundLog, setUp } from '@claviger/client/account/set-up.ts'
import { type Connection, call } from '@claviger/client/api/call.ts'
import { openApproverKey } from '@claviger/client/keys/approver-key.ts'
import { makeIdentity } from '@claviger/client/keys/identity.ts'
import { openRecoveryKey } from '@claviger/client/keys/recovery-key.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { newId } from '@claviger/client/new-id.ts'
import { finishRegistration, me, readInvitation } from '@claviger/contract/api/accounts.ts'
import { readHeldKeys } from '@claviger/contract/api/log.ts'
import { UserId } from '@claviger/contract/ids.ts'
import { createUser } from '@claviger/server/users/create.ts'
import { inviteAgain } from '@claviger/server/users/invite-again.ts'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { ADA, startApi, type TestApi } from './api-server.ts'
import { withholding } from './between.ts'
import { PASSWORD, setUpAda } from './people.ts'

type Finish = z.infer<typeof finishRegistration.input>

const nobody = (api: TestApi): Connection => ({ origin: api.origin, token: null })
const settingUp = ({ origin, setupToken: token }: TestApi) =>
  ({ origin, token, password: PASSWORD, store: memoryProfileStore(), deviceName: 'laptop', exportable: true }) as const

/** What Ada's device would send last, made by the client itself. */
async function lastStep(api: TestApi): Promise<Finish> {
  const { fetch, withheld } = withholding(finishRegistration.path)
  expect(await outcome(() => setUp({ ...settingUp(api), fetch }))).toBe('unreachable')
  return finishRegistration.input.parse(await withheld)
}

/** What stands in the store of a set-up. */
async function standing({ db }: TestApi) {
  const count = async (table: 'enterprise_log' | 'held_keys' | 'accounts' | 'sessions') =>
    (await db.selectFrom(table).selectAll().execute()).length
  const { log_id } = await db.selectFrom('enterprises').select('log_id').executeTakeFirstOrThrow()
  return {
    log: log_id !== null,
    entries: await count('enterprise_log'),
    heldKeys: await count('held_keys'),
    accounts: await count('accounts'),
  }
}
const NOTHING = { log: false, entries: 0, heldKeys: 0, accounts: 0 }

test('who sets up is the first administrator, holds approver key and recovery key, and is signed in', async () => {
  const api = await startApi()
  expect(await call(nobody(api), readInvitation, { token: api.setupToken })).toMatchObject({
    purpose: 'setup',
    email: ADA,
    enterprise: null,
  })
  const { account, store, recoveryCode } = await setUpAda(api)
  const { state, identity, connection } = account
  expect(state.policy).toEqual({ autoApproval: 'verified-members', recovery: true })
  const { heldKeys } = await call(connection, readHeldKeys, {})
  const holder = { id: identity.userId, encryption: identity.encryption }
  const [approverWrap, recoveryWrap] = heldKeys
  if (approverWrap === undefined || recoveryWrap === undefined) throw new Error('a wrap is missing')
  expect((await openApproverKey(state, approverWrap, holder)).encryption.public).toBe(state.approverKeys[0])
  expect((await openRecoveryKey(state, recoveryWrap, holder)).encryption.public).toBe(state.recoveryKeys[0])
  expect(recoveryCode).toMatch(/^(\w{4}-){7}\w{4}$/)
  const mine = await call(connection, me, {})
  expect(mine).toMatchObject({
    email: ADA,
    enterpriseName: 'Example Ltd',
    roles: [{ nodeId: api.rootNodeId, nodeName: 'Example Ltd', role: 'full' }],
  })
  const opened = await openAccount(store)
  expect(opened.state.head).toBe(state.head)
  const { certified } = await api.db.selectFrom('accounts').select('certified').executeTakeFirstOrThrow()
  expect(certified).toBe(1)
})

test('a set-up whose log does not verify, or is not the administrator’s own, sets nothing up, and the link stays good', async () => {
  const api = await startApi()
  const body = await lastStep(api)
  const [, , ...rest] = body.entries
  const [genesis, second] = body.entries
  if (genesis === undefined || second === undefined) throw new Error('the log is too short')
  const { userId } = await call(nobody(api), readInvitation, { token: api.setupToken })
  const [another, stranger] = [await makeIdentity(userId), await makeIdentity(newId(UserId))]
  const [ofAnother, ofStranger, wrongAddress] = [
    await foundLog(another, ADA, Date.now()),
    await foundLog(stranger, ADA, Date.now()),
    await foundLog(another, 'mallory@example.com', Date.now()),
  ]
  const altered: Record<string, [Finish, string]> = {
    'no log': [{ ...body, entries: [] }, 'invalid_value'],
    'the genesis alone': [{ ...body, entries: [genesis] }, 'invalid_value'],
    'an entry left out': [{ ...body, entries: [genesis, ...rest] }, 'conflict'],
    'a signature of another entry': [
      { ...body, entries: [genesis, { ...second, signature: genesis.signature }, ...rest] },
      'invalid_value',
    ],
    'the log of other keys': [{ ...body, ...pick(ofAnother) }, 'invalid_value'],
    'the log of another user': [{ ...body, ...pick(ofStranger) }, 'forbidden'],
    'the log of another address': [{ ...body, ...pick(wrongAddress) }, 'invalid_value'],
    'no wrap of the recovery key': [{ ...body, heldKeys: body.heldKeys.filter(({ key }) => key === 'approver-key') }, 'invalid_value'],
    'no wraps of keys': [{ ...body, heldKeys: [] }, 'invalid_value'],
    'wraps for somebody else': [
      { ...body, heldKeys: body.heldKeys.map((wrap) => ({ ...wrap, holderId: stranger.userId })) },
      'invalid_value',
    ],
  }
  for (const [what, [sent, expected]] of Object.entries(altered)) {
    expect(await outcome(() => call(nobody(api), finishRegistration, sent)), what).toBe(expected)
    expect(await standing(api), what).toEqual(NOTHING)
  }
  expect(await outcome(() => call(nobody(api), finishRegistration, body))).toBe('accepted')
  expect(await standing(api)).toEqual({ log: true, entries: 4, heldKeys: 2, accounts: 1 })
})

test('two set-ups at the same moment make one enterprise log; a link that was used sets nothing up again', async () => {
  const api = await startApi()
  const bodies = [await lastStep(api), await lastStep(api)]
  const outcomes = await Promise.all(bodies.map((body) => outcome(() => call(nobody(api), finishRegistration, body))))
  expect(outcomes.toSorted()).toEqual(['accepted', 'conflict'])
  expect(await standing(api)).toEqual({ log: true, entries: 4, heldKeys: 2, accounts: 1 })
  await expect(setUp(settingUp(api))).rejects.toThrow(/used already/)
})

test('once the enterprise is set up, an administrator who is invited again gets an invitation like everybody', async () => {
  const api = await startApi()
  const joan = await api.write((trx) => createUser(trx, api.scope(), person('joan@example.com'), 'warn'))
  const at = Date.now()
  const role = { user_id: joan.user.id, node_id: api.nodeId, role: 'read-only' as const, created_at: at }
  await api.write((trx) => trx.insertInto('administrators').values(role).execute())
  expect((await api.write((trx) => inviteAgain(trx, api.scope(), joan.user.id))).setupId).toBeDefined()
  await setUpAda(api)
  expect((await api.write((trx) => inviteAgain(trx, api.scope(), joan.user.id))).setupId).toBeUndefined()
  expect(await call(nobody(api), readInvitation, { token: await api.tokenOf(joan.user.id) })).toMatchObject({ purpose: 'join' })
})

function pick({ entries, heldKeys }: Awaited<ReturnType<typeof foundLog>>) {
  return { entries, heldKeys }
}

function person(userName: string) {
  return { userName, externalId: null, displayName: null, primaryEmail: null, active: true, resource: '{}' }
}
