import { expect, test } from 'vitest'
import { createUsers, expectRefusal, oktaUser, startScim } from '../scim/testing-server.ts'
import { purgeRetained } from './purge.ts'

const DAY = 24 * 60 * 60 * 1000

test('a deleted account is kept for the retention time, and gone for good after it; nobody else is touched', async () => {
  const { scim, db, write } = await startScim()
  const [ada = '', grace = ''] = await createUsers(scim, 'ada@example.com', 'grace@example.com')
  await scim(`/Users/${ada}`, { method: 'DELETE' })
  const invitationsOf = async (id: string) => (await db.selectFrom('invitations').select('id').where('user_id', '=', id).execute()).length
  expect(await write((trx) => purgeRetained(trx, Date.now() + 89 * DAY))).toBe(0)
  expect(await write((trx) => purgeRetained(trx, Date.now() + 91 * DAY))).toBe(1)
  expect(await write((trx) => purgeRetained(trx, Date.now() + 91 * DAY))).toBe(0)
  expect((await db.selectFrom('users').select('id').execute()).map(({ id }) => id)).not.toContain(ada)
  expect([await invitationsOf(ada), await invitationsOf(grace)]).toEqual([0, 1])
  const audited = await db.selectFrom('audit_log').select('subject_id').where('action', '=', 'user.purged').execute()
  expect(audited).toEqual([{ subject_id: ada }])
  const again = await scim('/Users', { body: oktaUser('ada@example.com') })
  expect(again.status).toBe(201)
  expect(again.body.id).not.toBe(ada)
  expectRefusal(await scim('/Groups', { body: { displayName: 'Staff', members: [{ value: ada }] } }), 400, 'invalidValue')
  expect((await scim('/Users?count=0')).body.totalResults).toBe(2)
})
