import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { AppError } from './errors.ts'
import { createLogger, logAnswer } from './http/logging.ts'
import { answerError } from './http/refusal.ts'
import { openTestApp } from './testing-app.ts'

const BROWSER = { accept: 'text/html,application/xhtml+xml' }

test('every answer carries the id of its request, and keeps the id that a proxy gave', async () => {
  const { app } = await openTestApp()
  const made = await app.inject('/healthz')
  expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  const given = await app.inject({ url: '/healthz', headers: { 'x-request-id': 'proxy-42' } })
  expect(given.headers['x-request-id']).toBe('proxy-42')
  const forged = await app.inject({ url: '/healthz', headers: { 'x-request-id': 'a b"c' } })
  expect(forged.headers['x-request-id']).not.toContain(' ')
})

test('a page may load nothing from elsewhere and be framed by nobody', async () => {
  const { app } = await openTestApp()
  const { headers } = await app.inject('/')
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  // WebAssembly, and the style attributes that components set; no script and no style sheet from a text.
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'")
  expect(policy).toContain("style-src 'self'")
  expect(policy.replace("'wasm-unsafe-eval'", '').replace("style-src-attr 'unsafe-inline'", '')).not.toContain('unsafe')
  expect(policy).toContain("require-trusted-types-for 'script'")
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  expect(headers).not.toHaveProperty('strict-transport-security')
})

test('reached over https, the server asks browsers to stay with https', async () => {
  const { app } = await openTestApp({ publicUrl: 'https://vault.example.com' })
  expect((await app.inject('/')).headers['strict-transport-security']).toBe('max-age=31536000')
})

test('the first page names the address and the commands, keeps to the policy, and shows no markup from settings', async () => {
  const { app } = await openTestApp({ publicUrl: 'http://localhost:8080/<b>' })
  const { body, headers } = await app.inject('/')
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  for (const command of ['claviger init', 'claviger node add', 'claviger method add', 'claviger okta']) expect(body).toContain(command)
  expect(body).not.toContain('<b>')
  expect(body).not.toMatch(/<script|<style|\sstyle=|\son\w+=/)
  expect((await app.inject('/page.css')).headers['content-type']).toContain('text/css')
})

test('links of invitations and of the set-up lead to a page that says how to accept them', async () => {
  const { app } = await openTestApp()
  const [setup, invite] = [await app.inject('/setup'), await app.inject('/invite')]
  expect([setup.statusCode, invite.statusCode]).toEqual([200, 200])
  expect(setup.body).toContain('npx claviger setup --url &quot;http://localhost:8080/setup#…&quot; --password-stdin --profile DIR')
  expect(invite.body).toContain(
    'npx claviger register --invitation &quot;http://localhost:8080/invite#…&quot; --password-stdin --profile DIR',
  )
})

test('an address that does not exist shows a browser a page and a program an error', async () => {
  const { app } = await openTestApp()
  const page = await app.inject({ url: '/nothing', headers: BROWSER })
  expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
  const error = await app.inject('/nothing')
  expect([error.statusCode, error.json().code]).toEqual([404, 'not_found'])
})

test('connections that were opened ahead do not keep a server from stopping, and a request on its way in one is served', async () => {
  const { app } = await openTestApp()
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const [silent, late] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  await Promise.all([once(silent, 'connect'), once(late, 'connect'), sleep(50)])
  const ended = once(silent, 'close')
  const before = Date.now()
  const closing = app.close()
  await sleep(100)
  late.write('GET /healthz HTTP/1.1\r\nhost: vault.example.com\r\n\r\n')
  expect(String((await once(late, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /)
  await Promise.all([ended, closing])
  expect(Date.now() - before).toBeLessThan(5000)
})

test('an error of the SCIM interface has the form that directories read', async () => {
  const { app } = await openTestApp()
  const answer = await app.inject('/scim/v2/n/Users')
  expect(answer.statusCode).toBe(401)
  expect(answer.json()).toMatchObject({ status: '401', schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] })
})

/** Routes that fail in each way; on an app of their own, for routes cannot be added to one that is ready. */
async function openFailingApp() {
  const lines: string[] = []
  const app = fastify({ loggerInstance: createLogger('info', { write: (line) => lines.push(line) }), bodyLimit: 100 })
  app.setErrorHandler(answerError)
  app.addHook('onResponse', async (request, reply) => logAnswer(request, reply))
  app.get('/refused', async () => {
    throw new AppError('rate_limited', 'too many; wait', { retryAfter: 7 })
  })
  app.get('/broken', async () => {
    throw Object.assign(new Error('duplicate key (anna@example.com)'), { detail: 'Key (email)=(anna@example.com)' })
  })
  app.post('/checked', async (request) => z.object({ name: z.string() }).parse(request.body))
  return { app, log: () => lines.join('') }
}

test('a refusal is answered with its status, its words and when to come back', async () => {
  const { app } = await openFailingApp()
  const answer = await app.inject('/refused')
  expect(answer.statusCode).toBe(429)
  expect(answer.headers['retry-after']).toBe('7')
  expect(answer.json()).toMatchObject({ code: 'rate_limited', message: 'too many; wait' })
})

test('a bug is answered without its words, which are in the log under the id of the request, without addresses', async () => {
  const { app, log } = await openFailingApp()
  const answer = await app.inject('/broken')
  const { code, requestId } = answer.json()
  expect([answer.statusCode, code]).toEqual([500, 'internal'])
  expect(answer.body).not.toContain('duplicate')
  expect(log()).toContain('duplicate key')
  expect(log()).toContain(requestId)
  expect(log()).not.toContain('anna@example.com')
})

test('a body that is too long, no JSON, or of the wrong shape is refused with what is wrong', async () => {
  const { app } = await openFailingApp()
  const post = async (payload: string) => {
    const answer = await app.inject({ method: 'POST', url: '/checked', payload, headers: { 'content-type': 'application/json' } })
    return [answer.statusCode, answer.json().code, answer.json().message]
  }
  expect(await post(JSON.stringify({ name: 'x'.repeat(200) }))).toEqual([413, 'too_large', expect.any(String)])
  expect(await post('{')).toEqual([400, 'invalid_syntax', expect.any(String)])
  expect(await post('{"name":1}')).toEqual([400, 'invalid_value', expect.stringContaining('name: ')])
})
