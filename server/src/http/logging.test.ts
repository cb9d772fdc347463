import { expect, test } from 'vitest'
import { openTestApp } from '../testing-app.ts'
import { createLogger, withoutSecrets } from './logging.ts'

const TOKEN = 'q3Zc0mJb8xWk2yTn5vRs7uLf1dHg4pAe6iOj9wXzB0Y'
const NODE = '01930000-0000-7000-8000-000000000001'

test('of a request the log has method, route, id of the node, status and time, and nothing that is secret or personal', async () => {
  const { app, log } = await openTestApp()
  const filter = encodeURIComponent('userName eq "anna@example.com"')
  await app.inject({
    method: 'POST',
    url: `/scim/v2/${NODE}/Users?filter=${filter}&access_token=${TOKEN}`,
    headers: { authorization: `Bearer ${TOKEN}`, cookie: `session=${TOKEN}`, 'content-type': 'application/scim+json' },
    payload: { userName: 'anna@example.com', password: 'hunter2' },
  })
  await app.inject(`/no/such/place/${TOKEN}`)
  const line = log()
    .split('\n')
    .find((entry) => entry.includes('"POST"'))
  expect(JSON.parse(line ?? '')).toMatchObject({ method: 'POST', path: `/scim/v2/${NODE}/Users`, status: 401, level: 'info' })
  for (const secret of [TOKEN, 'anna', 'hunter2']) expect(log()).not.toContain(secret)
})

test('probes every few seconds do not fill the log', async () => {
  const lines: string[] = []
  const { app, log } = await openTestApp()
  await app.inject('/healthz')
  expect(JSON.parse(log().trim())).toMatchObject({ level: 'debug', path: '/healthz' })
  createLogger('info', { write: (line) => lines.push(line) }).debug('probe')
  expect(lines).toEqual([])
})

test('what an error says is freed of addresses, passwords and tokens; ids and the names of tables stay', () => {
  expect(withoutSecrets('connect postgres://claviger:pa55@db:5432/x failed')).toBe('connect postgres://[address]:5432/x failed')
  expect(withoutSecrets('no user anna.b+c@example.com here')).toBe('no user [address] here')
  expect(withoutSecrets(`header Bearer abc and ${TOKEN}`)).toBe('header Bearer [redacted] and [redacted]')
  expect(withoutSecrets(`node ${NODE}, index retained_users_by_email_and_some_more`)).toContain(
    `node ${NODE}, index retained_users_by_email_and_some_more`,
  )
})

test('of an error the log has kind, words, code, stack and cause, not what a driver hangs on it', () => {
  const lines: string[] = []
  const cause = new Error('to postgres://u:pa55@db/x')
  const error = Object.assign(new Error('failed', { cause }), { code: '23505', detail: 'Key (email)=(anna@example.com)', row: ['x'] })
  createLogger('info', { write: (line) => lines.push(line) }).error({
    err: error,
    token: TOKEN,
    nested: { headers: { authorization: TOKEN } },
  })
  const { err } = JSON.parse(lines[0] ?? '')
  expect(err).toMatchObject({ type: 'Error', message: 'failed', code: '23505', cause: { message: 'to postgres://[address]/x' } })
  expect(err.stack).toContain('logging.test.ts')
  for (const secret of ['anna', 'pa55', TOKEN]) expect(lines[0]).not.toContain(secret)
})
