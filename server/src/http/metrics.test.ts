import { expect, test } from 'vitest'
import { openTestApp } from '../testing-app.ts'

const FROM_HERE = { remoteAddress: '127.0.0.1', url: '/metrics' }
const FROM_AFAR = { remoteAddress: '203.0.113.9', url: '/metrics' }
const TOKEN = 'a-token-for-prometheus'

test('Prometheus reads requests by route, SCIM operations by outcome, mail, and the delay of the event loop', async () => {
  const { app, metrics } = await openTestApp()
  await app.inject('/scim/v2/n1/Users')
  metrics.countMail('sent')
  metrics.countScim('user.create', 201)
  metrics.countScim('user.create', 409)
  metrics.countScim('user.create', 500)
  const { body, headers } = await app.inject(FROM_HERE)
  expect(headers['content-type']).toContain('text/plain')
  expect(body).toContain('claviger_request_duration_seconds_count{method="GET",route="/scim/v2/:node/Users",status="401"} 1')
  for (const outcome of ['done', 'refused', 'failed']) {
    expect(body).toContain(`claviger_scim_operations_total{operation="user.create",outcome="${outcome}"} 1`)
  }
  expect(body).toContain('claviger_mails_total{result="sent"} 1')
  expect(body).toContain('claviger_mails_queued 0')
  expect(body).toContain('nodejs_eventloop_lag_p99_seconds')
})

test('whatever strangers ask for, the number of series stays bounded', async () => {
  const { app } = await openTestApp()
  for (let i = 0; i < 20; i++) await app.inject(`/guess-${i}?q=${i}`)
  const { body } = await app.inject(FROM_HERE)
  expect(body).not.toContain('guess')
  expect(body).toContain('claviger_request_duration_seconds_count{method="GET",route="none",status="404"} 20')
})

test('two servers in one process do not count for each other', async () => {
  const [first, second] = [await openTestApp(), await openTestApp()]
  first.metrics.countMail('failed')
  expect((await second.app.inject(FROM_HERE)).body).not.toContain('result="failed"')
})

test('without a token, metrics answer this machine only, and nothing that a proxy passes on', async () => {
  const { app } = await openTestApp({ trustProxy: 1 })
  expect((await app.inject(FROM_HERE)).statusCode).toBe(200)
  expect((await app.inject(FROM_AFAR)).statusCode).toBe(403)
  expect((await app.inject({ ...FROM_HERE, headers: { 'x-forwarded-for': '127.0.0.1' } })).statusCode).toBe(403)
})

test('with a token, metrics answer whoever has it', async () => {
  const { app } = await openTestApp({ metricsToken: TOKEN })
  const refused = await app.inject(FROM_HERE)
  expect([refused.statusCode, refused.headers['www-authenticate']]).toEqual([401, 'Bearer realm="metrics"'])
  expect((await app.inject({ ...FROM_HERE, headers: { authorization: 'Bearer wrong' } })).statusCode).toBe(401)
  expect((await app.inject({ ...FROM_AFAR, headers: { authorization: `Bearer ${TOKEN}` } })).statusCode).toBe(200)
})
