import { makeAccount } from '@claviger/client/account/new-account.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { memoryProfileStore, type ProfileStore } from '@claviger/client/account/profile.ts'
import { ensureRecoveryWrap } from '@claviger/client/account/recovery-wrap.ts'
import { firstProfile, register } from '@claviger/client/account/register.ts'
import { foundLog, setUp } from '@claviger/client/account/set-up.ts'
import type { Connection } from '@claviger/client/api/call.ts'
import { makeIdentity } from '@claviger/client/keys/identity.ts'
import { entriesFrom } from '@claviger/client/log/follow.ts'
import { pinOf, readLogFirst } from '@claviger/client/log/log-pin.ts'
import { EnterpriseLogId } from '@claviger/contract/ids.ts'
import { createAccount } from '@claviger/server/accounts/create.ts'
import { checkNewAccount } from '@claviger/server/accounts/new-account.ts'
import { checkRegistration, finishRegistration } from '@claviger/server/accounts/register.ts'
import { findAcceptable } from '@claviger/server/invitations/accept.ts'
import { createSession } from '@claviger/server/sessions/sessions.ts'
import type { TestApi } from './api-server.ts'

/** Strong enough for anybody. */
export const PASSWORD = 'terrapin vukeluwa 47 obibu'

/** Somebody who registered, on the device that they did it on. */
export interface Person {
  readonly account: OpenAccount
  readonly recoveryCode: string
  readonly store: ProfileStore
}

/** Ada sets up, as her device does it. */
export async function setUpAda({ origin, setupToken: token }: TestApi): Promise<Person> {
  const store = memoryProfileStore()
  return { ...(await setUp({ origin, token, password: PASSWORD, store, deviceName: 'Ada’s laptop', exportable: true })), store }
}

/** Somebody is invited and registers with the password, as their device does it. */
export async function registerPerson(api: TestApi, email: string, options?: Parameters<TestApi['invite']>[1]): Promise<Person> {
  const { token } = await api.invite(email, options)
  const store = memoryProfileStore()
  return {
    ...(await register({ origin: api.origin, token, password: PASSWORD, store, deviceName: `${email}’s laptop`, exportable: true })),
    store,
  }
}

/** Ada sets up with real keys, but without a password: for tests of what comes after. Stretching it takes longer than most of them. */
export async function quickAda({ db, origin, setupToken, write }: TestApi): Promise<OpenAccount> {
  const invitation = await findAcceptable(db, setupToken, Date.now())
  const identity = await makeIdentity(invitation.userId)
  const { entries, state, heldKeys } = await foundLog(identity, invitation.email, Date.now())
  const made = await makeAccount(state.enterprise, identity, null, { deviceName: 'Ada’s laptop', exportable: true })
  const checked = await checkRegistration(db, invitation, { ...made.sent, opaqueRecord: null, entries, heldKeys })
  const session = await write((trx) => finishRegistration(trx, checked, { address: '127.0.0.1', agent: 'test' }, Date.now()))
  const store = memoryProfileStore()
  const profile = { ...firstProfile(origin, invitation.email, made, { serverPublicKey: null }, session), pin: pinOf(state) }
  await store.save(profile)
  const { owner, root } = made
  const account: OpenAccount = { connection: { origin, token: session.token }, store, profile, owner, root, identity, state }
  await ensureRecoveryWrap(account, made.sent.wraps)
  return account
}

/** Somebody with real keys and a session, but without a password: for tests that need many people. Ada has set up before. */
export async function quickPerson(api: TestApi, email: string, options?: Parameters<TestApi['invite']>[1]): Promise<OpenAccount> {
  const { enterpriseId, db, origin } = api
  const { userId } = await api.invite(email, options)
  const row = await db.selectFrom('enterprises').select('log_id').where('id', '=', enterpriseId).executeTakeFirstOrThrow()
  const enterprise = EnterpriseLogId.parse(row.log_id)
  const made = await makeAccount(enterprise, await makeIdentity(userId), null, { deviceName: `${email}’s laptop`, exportable: true })
  const checked = await checkNewAccount({ ...made.sent, userId, enterpriseId, enterprise, opaqueRecord: null })
  const session = await api.write(async (trx) => {
    const at = Date.now()
    await createAccount(trx, checked, at)
    return createSession(trx, { userId, enterpriseId, deviceId: made.device.id, address: '127.0.0.1', agent: 'test' }, at)
  })
  const connection: Connection = { origin, token: session.token }
  const state = await readLogFirst(await entriesFrom(connection, 0), enterprise)
  const store = memoryProfileStore()
  const profile = { ...firstProfile(origin, email, made, { serverPublicKey: null }, session), pin: pinOf(state) }
  await store.save(profile)
  return { connection, store, profile, owner: made.owner, root: made.root, identity: made.identity, state }
}
