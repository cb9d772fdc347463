import { askIn, pollAskedIn } from '@claviger/client/account/admission.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { signIn } from '@claviger/client/account/sign-in.ts'
import { call } from '@claviger/client/api/call.ts'
import { finishSignIn as proveByOpaque, startSignIn as startOpaque } from '@claviger/client/keys/opaque.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { finishSignIn, me, startSignIn } from '@claviger/contract/api/accounts.ts'
import { lockUser, unlockUser } from '@claviger/contract/api/administration.ts'
import { closeDatabase, openDatabase } from '@claviger/server/storage/open.ts'
import { freePort } from 'claviger/src/free-port.ts'
import { expect, onTestFinished, test } from 'vitest'
import { listen, type TestApi } from './api-server.ts'
import { approve, opened, shareFolderWith, startApprovals } from './approval-scene.ts'
import { PASSWORD, registerPerson } from './people.ts'

const GRACE = 'grace@example.com'

/** Grace has registered with a password and is on a team with Joan; two processes serve the store. */
async function start() {
  const scene = await startApprovals()
  const { api, ada, person, pushTeam } = scene
  const [{ account: grace, store }, joan] = [await registerPerson(api, GRACE), await person('joan')]
  const teamId = await pushTeam('Engineering', grace, joan)
  await approve(ada, { certify: true })
  const db = await openDatabase(api.location)
  onTestFinished(() => closeDatabase(db))
  const other = `http://127.0.0.1:${await freePort()}`
  await listen(db, other)
  return { ...scene, grace, store, joan, teamId, other }
}

const at = (origin: string, { connection }: OpenAccount): OpenAccount['connection'] => ({ ...connection, origin })

/** A sign-in of Grace up to its last message, which proves the password. */
async function proof({ origin }: TestApi) {
  const nobody = { origin, token: null }
  const { state, startLoginRequest } = await startOpaque(PASSWORD)
  const { signInId, userId, enterprise, loginResponse } = await call(nobody, startSignIn, { email: GRACE, startLoginRequest })
  const { finishLoginRequest } = proveByOpaque(PASSWORD, state, loginResponse, { userId, enterprise })
  return () => call(nobody, finishSignIn, { signInId, finishLoginRequest, deviceId: null })
}

function openSessions({ db }: TestApi, { owner }: OpenAccount) {
  return db.selectFrom('sessions').select('id').where('user_id', '=', owner.userId).where('ended_at', 'is', null).execute()
}

test('a lock ends sessions on every process, half-done sign-ins and waiting devices; the unlock brings back all else, approved by nobody', async () => {
  const { api, ada, grace, store, joan, teamId, other, team, members } = await start()
  const key = await opened(grace, teamId)
  await refreshLog(joan)
  const { folderId } = await shareFolderWith(teamId, joan)
  const locks = [
    () => api.update(grace.owner.userId, { active: false }),
    () => call(ada.connection, lockUser, { user: grace.owner.userId }),
  ]
  const unlocks = [
    () => api.update(grace.owner.userId, { active: true }),
    () => call(ada.connection, unlockUser, { user: grace.owner.userId }),
  ]
  let account = grace
  for (const [index, lock] of locks.entries()) {
    const browser = await askIn({ origin: api.origin, email: GRACE, store: memoryProfileStore(), deviceName: 'Phone', exportable: true })
    const finish = await proof(api)
    expect((await call(at(other, account), me, {})).email).toBe(GRACE)
    await lock()
    for (const origin of [api.origin, other]) expect(await outcome(() => call(at(origin, account), me, {}))).toBe('unauthenticated')
    expect(await outcome(finish)).toBe('unauthenticated')
    expect(await pollAskedIn(browser)).toEqual({ state: 'over' })
    expect(await openSessions(api, grace)).toEqual([])
    // Locked is not removed: nothing waits for another key.
    expect([await team(teamId), await members(teamId)]).toMatchObject([
      { key_epoch: 1, rotation_due: 0 },
      { grace: 'active 1', joan: 'active 1' },
    ])
    await unlocks[index]?.()
    expect(await outcome(() => call(account.connection, me, {}))).toBe('unauthenticated')
    expect(await pollAskedIn(browser)).toEqual({ state: 'over' })
    account = await signIn({ origin: api.origin, email: GRACE, password: PASSWORD, store, deviceName: 'laptop', exportable: true })
    expect(account.profile.device.id).toBe(grace.profile.device.id)
    expect(await opened(account, teamId)).toBe(key)
  }
  expect(await api.db.selectFrom('folders').select(['id', 'rotation_due']).execute()).toEqual([{ id: folderId, rotation_due: 0 }])
})

test('a sign-in that is proven at the very moment of the lock leaves no session that lives through it', async () => {
  const { api, ada, grace } = await start()
  for (let round = 0; round < 4; round++) {
    const finish = await proof(api)
    const [signedIn, locked] = await Promise.all([
      finish().then(
        (answer) => answer.kind,
        (error: { code: string }) => error.code,
      ),
      outcome(() => call(ada.connection, lockUser, { user: grace.owner.userId, confirm: true })),
    ])
    expect(locked).toBe('accepted')
    expect(['signed-in', 'unauthenticated', 'forbidden']).toContain(signedIn)
    await call(ada.connection, unlockUser, { user: grace.owner.userId })
    expect(await openSessions(api, grace)).toEqual([])
  }
})
