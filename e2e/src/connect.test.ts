import { expect, test } from 'vitest'
import { type Method, startInstallation } from './installation.ts'

test('story 1: an administrator adds a node and its method, and gets the URL and the token to paste', async () => {
  const { addMethod, url, claviger } = await startInstallation()
  const method = await addMethod('Staff')
  expect(method.baseUrl).toBe(`${url}/scim/v2/${method.nodeId}`)
  expect(Buffer.from(method.token, 'base64url')).toHaveLength(32)
  const listed = await claviger<unknown>('method', 'list', '--node', method.nodeId)
  expect(JSON.stringify(listed)).not.toContain(method.token)
})

test('story 2: until the method is saved the directory’s test fails and says why; after it, the test passes with no user there', async () => {
  const { addMethod, connect, claviger } = await startInstallation()
  const method = await addMethod('Staff', '--draft')
  const okta = connect(method)
  const early = await okta.test()
  expect(early).toMatchObject({ ok: false, failure: { status: 401 }, detail: expect.stringContaining('has not been saved') })
  await claviger('method', 'save', method.methodId)
  expect(await okta.test()).toMatchObject({ ok: true })
})

test('a token that is rotated leaves the old one valid until it is revoked', async () => {
  const { addMethod, connect, claviger } = await startInstallation()
  const method = await addMethod('Staff')
  const rotated = await claviger<Pick<Method, 'token'>>('method', 'rotate', method.methodId)
  expect((await connect(method).test()).ok).toBe(true)
  expect((await connect({ ...method, token: rotated.token }).test()).ok).toBe(true)
})

test('a token opens its own node only', async () => {
  const { addMethod, connect } = await startInstallation()
  const [staff, partners] = [await addMethod('Staff'), await addMethod('Partners')]
  const crossed = await connect({ ...partners, token: staff.token }).test()
  expect(crossed).toMatchObject({ ok: false, failure: { status: 401 } })
})

test('a paused method applies nothing, says so, and goes on where it was once it is resumed', async () => {
  const { addMethod, connect, claviger, users } = await startInstallation()
  const method = await addMethod('Staff')
  const okta = connect(method)
  await claviger('method', 'pause', method.methodId)
  expect(await okta.assign({ userName: 'ada@example.com' })).toMatchObject({ ok: false, detail: expect.stringContaining('paused') })
  expect(await users(method)).toEqual([])
  await claviger('method', 'resume', method.methodId)
  expect((await okta.assign({ userName: 'ada@example.com' })).ok).toBe(true)
  expect(await users(method)).toMatchObject([{ email: 'ada@example.com', status: 'invited' }])
})
