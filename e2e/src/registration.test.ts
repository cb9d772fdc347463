import { memoryProfileStore } from '@claviger/client/account/profile.ts'
import { register } from '@claviger/client/account/register.ts'
import { ApiError, type Connection, call } from '@claviger/client/api/call.ts'
import { makeDevice, signDeviceList } from '@claviger/client/keys/device.ts'
import { makeIdentity } from '@claviger/client/keys/identity.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { newId } from '@claviger/client/new-id.ts'
import { finishRegistration, readInvitation } from '@claviger/contract/api/accounts.ts'
import { EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import { resendInvitation } from '@claviger/server/invitations/invite.ts'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { startApi, type TestApi } from './api-server.ts'
import { withholding } from './between.ts'
import { PASSWORD, quickAda, setUpAda } from './people.ts'

const GRACE = 'grace@example.com'
const FINISH = '/api/v1/registration/finish'
type Finish = z.infer<typeof finishRegistration.input>

const nobody = (api: TestApi): Connection => ({ origin: api.origin, token: null })
const read = (api: TestApi, token: string) => call(nobody(api), readInvitation, { token })
const registering = (api: TestApi, token: string) =>
  ({ origin: api.origin, token, password: PASSWORD, store: memoryProfileStore(), deviceName: 'laptop', exportable: true }) as const

/** What Grace's device would send last, made by the client itself. */
async function lastStep(api: TestApi, token: string): Promise<Finish> {
  const { fetch, withheld } = withholding(FINISH)
  expect(await outcome(() => register({ ...registering(api, token), fetch }))).toBe('unreachable')
  return finishRegistration.input.parse(await withheld)
}

/** The tables that a registration writes to, and how many rows each has of the user. */
async function rowsOf(api: TestApi, userId: string) {
  const rows = await Promise.all(
    (['accounts', 'root_wraps', 'devices', 'sessions'] as const).map(async (table) => {
      const { length } = await api.db.selectFrom(table).select('user_id').where('user_id', '=', userId).execute()
      return [table, length] as const
    }),
  )
  return Object.fromEntries(rows)
}

test('an invitation says whom it is for, and registering with it makes an active user with one device', async () => {
  const api = await startApi()
  await quickAda(api)
  const { userId, token } = await api.invite(GRACE, { firstName: 'Grace', lastName: 'Hopper' })
  const shown = await read(api, token)
  expect(shown).toMatchObject({
    purpose: 'join',
    userId,
    email: GRACE,
    firstName: 'Grace',
    lastName: 'Hopper',
    enterpriseName: 'Example Ltd',
  })
  const { account } = await register(registering(api, token))
  const user = await api.db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
  expect([user.status, user.registered_at !== null, user.version]).toEqual(['active', true, 1])
  // Password, recovery code, device; and the recovery key, which the policy wants.
  expect(await rowsOf(api, userId)).toEqual({ accounts: 1, root_wraps: 4, devices: 1, sessions: 1 })
  const mails = await api.db.selectFrom('outbox').select('state').where('recipient', '=', GRACE).execute()
  expect(mails).toEqual([{ state: 'cancelled' }])
  expect(account.state.certificates.has(account.owner.userId)).toBe(false)
})

test('a link that was used, altered, resent, or has expired opens nothing, and says why', async () => {
  const api = await startApi()
  await quickAda(api)
  const { userId, token } = await api.invite(GRACE)
  expect(await outcome(() => read(api, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`))).toBe('not_found')
  expect(await outcome(() => read(api, 'nonsense'))).toBe('not_found')
  await api.write((trx) => resendInvitation(trx, { id: userId, enterpriseId: api.enterpriseId, email: GRACE }, Date.now()))
  await expect(read(api, token)).rejects.toThrow(/newer one was sent/)
  const resent = await api.tokenOf(userId)
  await api.write((trx) => trx.updateTable('invitations').set({ expires_at: Date.now() }).where('user_id', '=', userId).execute())
  await expect(read(api, resent)).rejects.toThrow(/has expired: ask your administrator/)
  await expect(register(registering(api, resent))).rejects.toThrow(/has expired/)
  await api.write((trx) => resendInvitation(trx, { id: userId, enterpriseId: api.enterpriseId, email: GRACE }, Date.now()))
  const last = await api.tokenOf(userId)
  await register(registering(api, last))
  await expect(read(api, last)).rejects.toThrow(/used already.*sign in/)
})

test('nobody can register before the enterprise is set up, nor while they are locked', async () => {
  const api = await startApi()
  const { userId, token } = await api.invite(GRACE)
  await expect(read(api, token)).rejects.toThrow(/Example Ltd is not set up yet/)
  await quickAda(api)
  const body = await lastStep(api, token)
  await api.update(userId, { active: false })
  expect(await outcome(() => read(api, token))).toBe('not_found')
  expect(await outcome(() => call(nobody(api), finishRegistration, body))).toBe('not_found')
  await api.update(userId, { active: true })
  // Unlocking sends a new link; the old one stays dead.
  expect(await outcome(() => call(nobody(api), finishRegistration, body))).toBe('not_found')
  expect((await read(api, await api.tokenOf(userId))).userId).toBe(userId)
})

test('a password that could be guessed is refused before anything is sent, also one made of the invitation’s own words', async () => {
  const api = await startApi()
  await quickAda(api)
  const { userId, token } = await api.invite('grace.hopper@example.com', { firstName: 'Grace', lastName: 'Hopper' })
  for (const password of ['Summer2026!', 'GraceHopper1906', 'example-ltd-vault']) {
    expect(await outcome(() => register({ ...registering(api, token), password }))).toBe('weak_password')
  }
  expect(await rowsOf(api, userId)).toEqual({ accounts: 0, root_wraps: 0, devices: 0, sessions: 0 })
})

test('a registration in which something is not the user’s own is refused whole, and the link stays good', async () => {
  const api = await startApi()
  const ada = await setUpAda(api)
  const { userId, token } = await api.invite(GRACE)
  const body = await lastStep(api, token)
  const [other, device] = [await makeIdentity(newId(UserId)), await makeDevice({ exportable: false })]
  const { enterprise } = ada.account.owner
  const elsewhere = EnterpriseLogId.parse(Buffer.alloc(32, 1).toString('base64url'))
  const own = await makeIdentity(UserId.parse(userId))
  const without = (way: string) => ({ ...body, wraps: body.wraps.filter((wrap) => wrap.way !== way) })
  const listOf = async (signer: typeof own, of = enterprise, version = 1, devices = [body.device]) => ({
    ...body,
    identity: { ...body.identity, ...signer.public },
    deviceList: await signDeviceList(signer, of, version, devices),
  })
  const { id, ...listed } = { ...body.device, ...device.public }
  const altered: Record<string, Finish> = {
    'the identity of somebody else': { ...body, identity: { ...body.identity, ...other.public } },
    'an encryption key that the identity did not sign': {
      ...body,
      identity: { ...body.identity, encryptionKey: other.public.encryptionKey },
    },
    'a device whose keys are another’s': { ...body, device: { id, ...listed } },
    'a device list that another identity signed': { ...body, deviceList: (await listOf(own)).deviceList },
    'a device list for another enterprise': await listOf(own, elsewhere),
    'a device list of version 2': await listOf(own, enterprise, 2),
    'a device list with a second device': await listOf(own, enterprise, 1, [body.device, { ...listed, id: device.id }]),
    'no wrap for the device': without('device'),
    'no wrap for the recovery code': without('recovery-code'),
    'no wrap for the password': without('password'),
    'two wraps for the password': {
      ...without('device'),
      wraps: body.wraps.map((wrap) => (wrap.way === 'device' ? { ...passwordWrap(body) } : wrap)),
    },
    'a wrap of a later epoch': { ...body, wraps: body.wraps.map((wrap) => (wrap.way === 'password' ? { ...wrap, epoch: 2 } : wrap)) },
  }
  for (const [what, sent] of Object.entries(altered)) {
    expect(await outcome(() => call(nobody(api), finishRegistration, sent)), what).toBe('invalid_value')
    expect(await rowsOf(api, userId), what).toEqual({ accounts: 0, root_wraps: 0, devices: 0, sessions: 0 })
  }
  expect(await outcome(() => call(nobody(api), finishRegistration, { ...body, entries: [body.deviceList] }))).toBe('conflict')
  expect((await read(api, token)).userId).toBe(userId)
  expect(await outcome(() => call(nobody(api), finishRegistration, body))).toBe('accepted')
})

test('of two devices that accept one invitation at the same moment one gets the account, and the other is told', async () => {
  const api = await startApi()
  await quickAda(api)
  const { userId, token } = await api.invite(GRACE)
  const bodies = [await lastStep(api, token), await lastStep(api, token)]
  const outcomes = await Promise.all(bodies.map((body) => outcome(() => call(nobody(api), finishRegistration, body))))
  expect(outcomes.toSorted()).toEqual(['accepted', 'conflict'])
  expect(await rowsOf(api, userId)).toEqual({ accounts: 1, root_wraps: 3, devices: 1, sessions: 1 })
  const [winner] = bodies.filter((_, index) => outcomes[index] === 'accepted')
  const account = await api.db.selectFrom('accounts').select('signing_key').where('user_id', '=', userId).executeTakeFirstOrThrow()
  expect(account.signing_key).toBe(winner?.identity.signingKey)
})

test('a lock that comes at the same moment as a registration wins: there may be an account, and it is locked', async () => {
  const api = await startApi()
  await quickAda(api)
  for (const email of [GRACE, 'joan@example.com']) {
    const { userId, token } = await api.invite(email)
    const body = await lastStep(api, token)
    const [registered] = await Promise.all([
      outcome(() => call(nobody(api), finishRegistration, body)),
      api.update(userId, { active: false }),
    ])
    expect(['accepted', 'conflict', 'not_found']).toContain(registered)
    const user = await api.db.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
    expect([user.status, user.registered_at !== null]).toEqual(['locked', registered === 'accepted'])
    const open = await api.db.selectFrom('sessions').select('id').where('user_id', '=', userId).where('ended_at', 'is', null).execute()
    expect(open).toEqual([])
  }
})

test('who tries links at random is stopped', async () => {
  const api = await startApi()
  const key = 'link:127.0.0.1'
  await api.write((trx) =>
    trx
      .insertInto('rate_limits')
      .values({ key, hits: 300, resets_at: Date.now() + 60_000 })
      .execute(),
  )
  const refused = await read(api, api.setupToken).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ApiError)
  expect(refused).toMatchObject({ status: 429, code: 'rate_limited', retryAfter: expect.any(Number) })
})

function passwordWrap({ wraps }: Finish) {
  const wrap = wraps.find(({ way }) => way === 'password')
  if (wrap === undefined) throw new Error('there is no wrap for the password')
  return wrap
}
