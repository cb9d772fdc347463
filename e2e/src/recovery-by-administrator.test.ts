import { askIn, pollAskedIn } from '@claviger/client/account/admission.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { openByRecoveryKey } from '@claviger/client/account/open-by-recovery-key.ts'
import { changePassword } from '@claviger/client/account/password.ts'
import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { devicesToRecover, recoverUser } from '@claviger/client/account/recover-user.ts'
import { ensureRecoveryWrap } from '@claviger/client/account/recovery-wrap.ts'
import { call } from '@claviger/client/api/call.ts'
import { makeDevice } from '@claviger/client/keys/device.ts'
import { makeIdentity, sealIdentity } from '@claviger/client/keys/identity.ts'
import { certifiedUser, wantedRecoveryKey } from '@claviger/client/keys/recipients.ts'
import { makeRecoveryKey, wrapRecoveryKey } from '@claviger/client/keys/recovery-key.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { makeUserRoot, wrapRootForRecovery } from '@claviger/client/keys/user-root.ts'
import { appendToLog } from '@claviger/client/log/append.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { me } from '@claviger/contract/api/accounts.ts'
import { listNotices } from '@claviger/contract/api/notices.ts'
import { listRecoveryRequests, openForRecovery, putRecoveryWrap } from '@claviger/contract/api/recovery.ts'
import type { UserRootWrap } from '@claviger/contract/envelopes.ts'
import type { AdministratorRole } from '@claviger/server/storage/database.ts'
import { expect, test } from 'vitest'
import { ADA, startApi, type TestApi } from './api-server.ts'
import { certify } from './certify.ts'
import { quickAda, quickPerson } from './people.ts'
import { answering } from './playing-server.ts'

const JOAN = 'joan@example.com'

/** Ada holds the recovery key; Joan is certified, and her root is kept for it. */
async function start() {
  const api = await startApi()
  const ada = await quickAda(api)
  const joan = await quickPerson(api, JOAN)
  await certify(ada, joan)
  await ensureRecoveryWrap(joan, [])
  return { api, ada, joan }
}

/** Joan lost everything: a new browser asks in, and the administrator sees it. */
async function ask(api: TestApi, ada: OpenAccount) {
  const store = memoryProfileStore()
  const waiting = await askIn({ origin: api.origin, email: JOAN, store, deviceName: 'New browser', exportable: true })
  const [request] = await devicesToRecover(ada)
  if (request === undefined) throw new Error('nothing waits')
  return { waiting, request }
}

/** The same person, over a server that plays with its answers. */
const over = (account: OpenAccount, fetch: typeof globalThis.fetch): OpenAccount => ({
  ...account,
  connection: { ...account.connection, fetch },
})

const yes = async () => true
const rootOf = ({ root }: { root: { reveal(): Uint8Array } }) => Buffer.from(root.reveal()).toString('hex')
const audited = async ({ db }: TestApi) =>
  (await db.selectFrom('audit_log').select('action').orderBy('id').execute()).map(({ action }) => action).filter((a) => /recover/.test(a))
const keptWraps = async ({ db }: TestApi) => {
  const rows = await db.selectFrom('root_wraps').select(['user_id', 'epoch']).where('way', '=', 'recovery-key').execute()
  return new Map(rows.map((row) => [row.user_id, row.epoch]))
}
const appoint = ({ write }: TestApi, { owner: { userId } }: OpenAccount, nodeId: string, role: AdministratorRole) =>
  write((trx) => trx.insertInto('administrators').values({ user_id: userId, node_id: nodeId, role, created_at: Date.now() }).execute())
const setPolicy = (ada: OpenAccount, recovery: boolean) =>
  appendToLog(ada, () => [{ kind: 'policy-set', policy: { autoApproval: 'verified-members', recovery } }])

test('who lost every device and code is let in by an administrator, sets a password, and is told', async () => {
  const { api, ada, joan } = await start()
  const { waiting, request } = await ask(api, ada)
  expect(request).toMatchObject({ email: JOAN, deviceName: 'New browser', recoverable: true })
  let shown: readonly string[] = []
  await recoverUser(ada, request, async (words) => {
    shown = words
    return true
  })
  expect(shown).toEqual(waiting.words)
  const polled = await pollAskedIn(waiting)
  if (polled.state !== 'approved') throw new Error(polled.state)
  expect(rootOf(polled.account)).toBe(rootOf(joan))
  expect(polled.account.identity.public).toEqual(joan.identity.public)
  await changePassword(polled.account, 'quandary misofest 58 ulepido')
  const { notices } = await call(polled.account.connection, listNotices, {})
  expect(notices.at(-1)).toMatchObject({ kind: 'recovered-by-administrator', detail: { by: ADA, device: 'New browser' } })
  const mails = await api.db
    .selectFrom('outbox')
    .select('recipient')
    .where('notice_id', '=', notices.at(-1)?.noticeId ?? '')
    .execute()
  expect(mails).toEqual([{ recipient: JOAN }])
  expect(await audited(api)).toEqual(['user.opened-by-recovery-key', 'user.recovered'])
  const lines = await api.db.selectFrom('audit_log').select('actor').where('action', '=', 'user.recovered').execute()
  expect(lines).toEqual([{ actor: `user:${ada.owner.userId}` }])
  expect(await devicesToRecover(ada)).toEqual([])
})

test('where the words are not the same, nothing is opened', async () => {
  const { api, ada } = await start()
  const { waiting, request } = await ask(api, ada)
  expect(await outcome(() => recoverUser(ada, request, async () => false))).toBe('uncertified')
  expect(await audited(api)).toEqual([])
  expect(await pollAskedIn(waiting)).toEqual({ state: 'pending' })
})

test('a device that the server puts in the place of the person’s shows other words', async () => {
  const { api, ada } = await start()
  const { waiting } = await ask(api, ada)
  const device = await makeDevice({ exportable: true })
  const hostile = answering(listRecoveryRequests.path, (answer) => {
    const [request] = listRecoveryRequests.answer.parse(answer).requests
    return { requests: [{ ...request, device: { id: device.id, ...device.public, addedAt: 1 } }] }
  })
  const [swapped] = await devicesToRecover(over(ada, hostile))
  if (swapped === undefined) throw new Error('nothing waits')
  let shown: readonly string[] = waiting.words
  await outcome(() =>
    recoverUser(ada, swapped, async (words) => {
      shown = words
      return false
    }),
  )
  expect(shown).not.toEqual(waiting.words)
})

test('a server that puts root and identity of its own in the place of the person’s is refused', async () => {
  const { api, ada, joan } = await start()
  const { request } = await ask(api, ada)
  const [root, to] = [makeUserRoot(), wantedRecoveryKey(ada.state)]
  if (to === null) throw new Error('the policy wants no recovery')
  const identity = await sealIdentity(await makeIdentity(joan.owner.userId), root, joan.owner)
  const wrap = await wrapRootForRecovery(root, joan.owner, to)
  const path = `/api/v1/recovery/requests/${request.requestId}/open`
  const tries = [
    answering(path, (answer) => ({ ...answer, identity, wrap })),
    answering(path, (answer) => ({ ...answer, identity })),
    answering(path, (answer) => ({ ...answer, wrap })),
    answering(path, (answer) => ({ ...answer, enterprise: 'A'.repeat(43) })),
  ]
  const outcomes = []
  for (const hostile of tries) outcomes.push(await outcome(() => recoverUser(over(ada, hostile), request, yes)))
  expect(outcomes).toEqual(['swapped_key', 'swapped_key', 'cannot_open', 'another_enterprise'])
  expect(await audited(api)).not.toContain('user.recovered')
})

test('a person whom nobody certified is not recovered: the server could name anybody’s keys as theirs', async () => {
  const api = await startApi()
  const ada = await quickAda(api)
  await ensureRecoveryWrap(await quickPerson(api, JOAN), [])
  const { request } = await ask(api, ada)
  expect(await outcome(() => recoverUser(ada, request, yes))).toBe('uncertified')
})

test('an administrator without the right to recover is refused by the server, and by the client', async () => {
  const { api, ada, joan } = await start()
  const grace = await quickPerson(api, 'grace@example.com')
  await appoint(api, grace, api.rootNodeId, 'full')
  const { request } = await ask(api, ada)
  expect(await devicesToRecover(grace)).toHaveLength(1)
  await refreshLog(grace)
  expect(await outcome(() => recoverUser(grace, request, yes))).toBe('forbidden')
  const sealed = await call(ada.connection, openForRecovery, { requestId: request.requestId })
  expect(await outcome(() => openByRecoveryKey(grace, sealed))).toBe('not_entitled')
  expect(rootOf(await openByRecoveryKey(ada, sealed))).toBe(rootOf(joan))
})

test('who is no full administrator of the person’s node sees nothing and opens nothing', async () => {
  const { api, ada } = await start()
  const [lower, other] = [await quickPerson(api, 'lower@example.com'), await quickPerson(api, 'other@example.com')]
  await appoint(api, lower, api.nodeId, 'users-and-teams')
  const { request } = await ask(api, ada)
  const open = ({ connection }: OpenAccount) => outcome(() => call(connection, openForRecovery, { requestId: request.requestId }))
  expect([await open(lower), await open(other)]).toEqual(['forbidden', 'not_found'])
  expect([await devicesToRecover(lower), await devicesToRecover(other)]).toEqual([[], []])
  expect(await audited(api)).toEqual([])
})

test('the administrator needs a fresh sign-in', async () => {
  const { api, ada } = await start()
  const { request } = await ask(api, ada)
  await api.write((trx) =>
    trx
      .updateTable('sessions')
      .set({ proven_at: Date.now() - 600_000 })
      .execute(),
  )
  expect(await outcome(() => recoverUser(ada, request, yes))).toBe('forbidden')
})

test('of two who answer at once, one lets the device in', async () => {
  const { api, ada, joan } = await start()
  const { waiting, request } = await ask(api, ada)
  const both = await Promise.all([1, 2].map(() => outcome(() => recoverUser({ ...ada }, request, yes))))
  expect(both.filter((code) => code === 'accepted')).toHaveLength(1)
  expect(both.filter((code) => code === 'conflict' || code === 'not_found')).toHaveLength(1)
  const polled = await pollAskedIn(waiting)
  expect(polled.state === 'approved' && rootOf(polled.account)).toBe(rootOf(joan))
})

test('where the policy wants no recovery, no root is kept for it, whoever sends one at the same time', async () => {
  const { api, ada, joan } = await start()
  const people = [joan, ...(await Promise.all([1, 2, 3].map((n) => quickPerson(api, `person${n}@example.com`))))]
  const wraps: Extract<UserRootWrap, { way: 'recovery-key' }>[] = []
  for (const { root, owner, state } of people) {
    const to = wantedRecoveryKey(state)
    if (to !== null) wraps.push(await wrapRootForRecovery(root, owner, to))
  }
  const [mine] = wraps
  expect(wraps).toHaveLength(4)
  if (mine === undefined) throw new Error('there is no wrap')
  const putting = people.map(({ connection }, at) => outcome(() => call(connection, putRecoveryWrap, { wrap: wraps[at] ?? mine })))
  const [, ...outcomes] = await Promise.all([setPolicy(ada, false), ...putting])
  for (const code of outcomes) expect(code).toMatch(/^(accepted|conflict|invalid_value)$/)
  expect(await keptWraps(api)).toEqual(new Map())
  expect(await outcome(() => call(joan.connection, putRecoveryWrap, { wrap: mine }))).toBe('invalid_value')
  await refreshLog(joan)
  expect(await ensureRecoveryWrap(joan, [])).toBe(false)
  const { request } = await ask(api, ada)
  expect(request.recoverable).toBe(false)
  expect(await outcome(() => recoverUser(ada, request, yes))).toBe('conflict')
  await setPolicy(ada, true)
  await refreshLog(joan)
  expect(await ensureRecoveryWrap(joan, [])).toBe(true)
  await recoverUser(ada, request, yes)
})

test('when the recovery key is renewed, a person’s device keeps the root for the new one', async () => {
  const { api, ada, joan } = await start()
  const key = await makeRecoveryKey(2)
  const self = certifiedUser(ada.state, ada.owner.userId)
  await appendToLog(
    ada,
    () => [{ kind: 'recovery-key', epoch: 2, publicKey: key.encryption.public }],
    async (state) => [await wrapRecoveryKey(state, key, self)],
  )
  await refreshLog(joan)
  const { wraps } = await call(joan.connection, me, {})
  expect(await ensureRecoveryWrap(joan, wraps)).toBe(true)
  expect((await keptWraps(api)).get(joan.owner.userId)).toBe(2)
  const { waiting, request } = await ask(api, ada)
  await recoverUser(ada, request, yes)
  expect((await pollAskedIn(waiting)).state).toBe('approved')
})
