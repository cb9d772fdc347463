import { expect, test } from 'vitest'
import { firstSetupLink } from '../enterprises/first-setup.ts'
import { openTestApp } from '../testing-app.ts'

async function start() {
  const { app, db } = await openTestApp()
  const token = new URL(await firstSetupLink(db, 'http://localhost:8080')).hash.slice(1)
  const found = (given: object) =>
    app.inject({ method: 'POST', url: '/api/v1/enterprises', payload: { token, name: 'Example Ltd', email: 'ada@example.com', ...given } })
  return { app, db, token, found }
}

test('whoever has the printed link makes the enterprise, and goes on as its first administrator', async () => {
  const { app, found } = await start()
  const made = await found({})
  expect(made.statusCode).toBe(200)
  const link = await app.inject({ method: 'POST', url: '/api/v1/invitations/read', payload: made.json() })
  expect(link.json()).toMatchObject({ purpose: 'setup', email: 'ada@example.com', enterpriseName: 'Example Ltd', enterprise: null })
})

test('another token makes nothing, and is told where the right one is', async () => {
  const { db, token, found } = await start()
  for (const wrong of [`new.${'A'.repeat(43)}`, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`]) {
    const refused = await found({ token: wrong })
    expect([refused.statusCode, refused.json().message]).toEqual([404, expect.stringContaining('that the server printed')])
  }
  expect((await found({ token: '' })).statusCode).toBe(400)
  expect((await found({ name: ' ' })).statusCode).toBe(400)
  expect((await found({ email: 'nobody' })).json().message).toContain('is not an e-mail address')
  expect(await db.selectFrom('enterprises').select('id').execute()).toEqual([])
})

test('of several who open the link together one makes the enterprise, and it is made once', async () => {
  const { db, found } = await start()
  const answers = await Promise.all(['North', 'South', 'East', 'West'].map((name) => found({ name, email: `${name}@example.com` })))
  expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 409, 409, 409])
  expect(await db.selectFrom('enterprises').select('id').execute()).toHaveLength(1)
  expect(await db.selectFrom('users').select('id').execute()).toHaveLength(1)
})
