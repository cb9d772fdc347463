import { expect, test } from 'vitest'
import { retireRotatedTokens, UNUSED_MILLIS } from '../../provisioning/retire-tokens.ts'
import { createUsers } from '../../scim/testing-server.ts'
import { get, post, startConsole } from './testing-console.ts'

test('story 1 and 2: a method is added as a draft, the test of the directory fails until it is saved, and its call is then seen', async () => {
  const { ada, otherNodeId, scim, origin } = await startConsole()
  const added = await post(ada, '/api/v1/methods', { nodeId: otherNodeId, kind: 'scim' })
  expect(added).toMatchObject({ status: 200, body: { token: expect.stringMatching(/^[\w-]{43}$/) } })
  const { methodId, token, baseUrl } = added.body
  const base = `${origin}${new URL(baseUrl).pathname}`
  const draft = await get(ada, `/api/v1/methods/${methodId}`)
  expect(draft.body).toMatchObject({ state: 'draft', baseUrl, savedAt: null, lastContact: null, calledSinceSaved: false })
  expect(draft.body.tokens).toMatchObject([{ hint: token.slice(-4), lastUsedAt: null }])
  expect(JSON.stringify(draft.body)).not.toContain(token)
  const early = await scim(`${base}/Users?startIndex=1&count=2`, { token })
  expect(early).toMatchObject({ status: 401, body: { detail: expect.stringContaining('saved') } })

  expect(await post(ada, `/api/v1/methods/${methodId}/save`)).toMatchObject({ status: 200 })
  expect((await get(ada, `/api/v1/methods/${methodId}`)).body).toMatchObject({ state: 'active', calledSinceSaved: false })
  expect((await scim(`${base}/Users?startIndex=1&count=2`, { token })).status).toBe(200)
  await expect
    .poll(async () => (await get(ada, `/api/v1/methods/${methodId}`)).body)
    .toMatchObject({
      calledSinceSaved: true,
      lastContact: { operation: 'user.list', status: 200 },
      lastDay: { operations: 2, failures: 1 },
    })
})

test('a token is rotated: both are valid until the old one is revoked, and a third is refused', async () => {
  const { ada, scim, methodId, token } = await startConsole()
  const rotated = await post(ada, `/api/v1/methods/${methodId}/rotate`)
  expect(rotated.status).toBe(200)
  for (const each of [token, rotated.body.token]) expect((await scim('/Users?count=1', { token: each })).status).toBe(200)
  expect(await post(ada, `/api/v1/methods/${methodId}/rotate`)).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining('revoke') },
  })
  const { tokens } = (await get(ada, `/api/v1/methods/${methodId}`)).body
  expect(tokens).toHaveLength(2)
  expect(await post(ada, `/api/v1/methods/${methodId}/tokens/${tokens[0].tokenId}/revoke`)).toMatchObject({ status: 200 })
  expect((await scim('/Users?count=1', { token })).status).toBe(401)
  expect((await scim('/Users?count=1', { token: rotated.body.token })).status).toBe(200)
  expect(await post(ada, `/api/v1/methods/${methodId}/tokens/${tokens[0].tokenId}/revoke`)).toMatchObject({ status: 404 })
})

test('an old token that the directory uses no more ends by itself, and one that it still uses does not', async () => {
  const { ada, scim, methodId, write } = await startConsole()
  const { token } = (await post(ada, `/api/v1/methods/${methodId}/rotate`)).body
  const inAWeek = Date.now() + UNUSED_MILLIS + 60_000
  const retire = (now: number) => write((trx) => retireRotatedTokens(trx, now))
  expect(await retire(inAWeek), 'the new one was never used').toBe(0)
  expect((await scim('/Users?count=1', { token })).status).toBe(200)
  await expect.poll(async () => (await get(ada, `/api/v1/methods/${methodId}`)).body.tokens[1].lastUsedAt).not.toBeNull()
  expect(await retire(Date.now()), 'not a week yet').toBe(0)
  expect(await retire(inAWeek)).toBe(1)
  expect((await get(ada, `/api/v1/methods/${methodId}`)).body.tokens).toMatchObject([{ hint: token.slice(-4) }])
  expect(await retire(inAWeek)).toBe(0)
})

test('a method is paused, resumed, and told what to do with other addresses', async () => {
  const { ada, scim, methodId } = await startConsole()
  expect(await post(ada, `/api/v1/methods/${methodId}/pause`)).toMatchObject({ status: 200 })
  expect((await scim('/Users?count=1')).status).toBe(503)
  expect(await post(ada, `/api/v1/methods/${methodId}/resume`)).toMatchObject({ status: 200 })
  await createUsers(scim, 'grace@example.com')
  expect(await post(ada, `/api/v1/methods/${methodId}/email-policy`, { emailPolicy: 'refuse' })).toMatchObject({ status: 200 })
  expect((await get(ada, '/api/v1/methods')).body.methods).toMatchObject([
    { methodId, state: 'active', emailPolicy: 'refuse', nodeName: 'Node 1' },
  ])
  expect(await post(ada, `/api/v1/methods/${methodId}/email-policy`, { emailPolicy: 'maybe' })).toMatchObject({ status: 400 })
  expect(await post(ada, `/api/v1/methods/${methodId}/rotate`, { expiresAt: 1 })).toMatchObject({ status: 400 })
})

test('who administers another node neither sees nor changes a method, and who only reads does not change it', async () => {
  const { oscar, mia, administrator, methodId, nodeId } = await startConsole()
  const reader = await administrator('reader@example.com', nodeId, 'read-only')
  expect((await get(oscar, '/api/v1/methods')).body.methods).toEqual([])
  for (const act of ['save', 'pause', 'resume', 'rotate']) {
    expect(await post(oscar, `/api/v1/methods/${methodId}/${act}`), act).toMatchObject({ status: 404 })
    expect(await post(reader, `/api/v1/methods/${methodId}/${act}`), act).toMatchObject({ status: 403 })
    expect(await post(mia, `/api/v1/methods/${methodId}/${act}`), act).toMatchObject({ status: 403 })
  }
  expect((await get(reader, `/api/v1/methods/${methodId}`)).status).toBe(200)
  expect(await post(oscar, '/api/v1/methods', { nodeId, kind: 'scim' })).toMatchObject({ status: 403 })
})
