import { addNode } from '@claviger/server/nodes/nodes.ts'
import type { Db } from '@claviger/server/storage/database.ts'
import { write } from '@claviger/server/storage/write.ts'
import { expect, test } from 'vitest'
import { newInstallation, run, runJson, type StartOptions, startServing, textAt } from './testing-command.ts'

const Added = { methodId: expect.any(String), nodeId: expect.any(String), baseUrl: expect.any(String), token: expect.any(String) }

const newNode = (db: Db, name = 'Sales') => write(db, (trx) => addNode(trx, { name, parentId: null }, 'test', Date.now()))

/** Adds a method. @returns its four values */
async function addMethod(args: readonly string[], options: StartOptions) {
  const added = await runJson(args, options)
  expect(added).toEqual(Added)
  const value = (name: string) => textAt(added, name)
  return { methodId: value('methodId'), nodeId: value('nodeId'), baseUrl: value('baseUrl'), token: value('token') }
}

/** What the directory's test of its credentials gets. */
async function statusWith(token: string, baseUrl: string): Promise<number> {
  const answer = await fetch(`${baseUrl}/Users?count=1`, { headers: { authorization: `Bearer ${token}` } })
  await answer.arrayBuffer()
  return answer.status
}

test('a method that is added works at once; a draft works once it is saved', async () => {
  const { db, env } = await newInstallation()
  const server = await startServing(env)
  const url = ['--public-url', server.url]
  const saved = await addMethod(['method', 'add', '--node', (await newNode(db)).id, ...url], { env })
  expect(saved.baseUrl).toBe(`${server.url}/scim/v2/${saved.nodeId}`)
  expect(await statusWith(saved.token, saved.baseUrl)).toBe(200)

  const draft = await addMethod(['method', 'add', '--draft', '--node', (await newNode(db, 'Drafts')).id, ...url], { env })
  expect(await statusWith(draft.token, draft.baseUrl)).toBe(401)
  const expected = { methodId: draft.methodId, nodeId: draft.nodeId, baseUrl: draft.baseUrl, state: 'active', emailPolicy: 'warn' }
  expect(await runJson(['method', 'save', draft.methodId, ...url], { env })).toEqual(expected)
  expect(await statusWith(draft.token, draft.baseUrl)).toBe(200)
})

test('in plain words, the token is said to be shown once, and a draft how to save it', async () => {
  const { db, env } = await newInstallation()
  const { out } = await run(['method', 'add', '--node', (await newNode(db)).id, '--draft', '--expires', '30'], { env })
  expect(out).toMatch(/^Base URL: {2}http:\/\/localhost:8080\/scim\/v2\/\S+$/m)
  expect(out).toMatch(/^Token: {5}[\w-]{43}$/m)
  expect(out).toContain('shown this one time')
  expect(out).toContain('It expires at ')
  expect(out).toMatch(/claviger method save [0-9a-f-]{36}$/m)
})

test('saving a draft a second time changes nothing and says so', async () => {
  const { env, method } = await newInstallation()
  const { code, out } = await run(['method', 'save', method.id], { env })
  expect({ code, out }).toEqual({
    code: 0,
    out: 'Nothing changed: the method was like this already (active; e-mail that differs: warn).\n',
  })
})

test('a second method in a node, and one in a node that is not there, are refused', async () => {
  const { env, nodeId } = await newInstallation()
  const second = await run(['method', 'add', '--node', nodeId, '--json'], { env })
  expect(second).toEqual({ code: 1, out: '', err: 'error: node Staff has a SCIM method already: a node has at most one\n' })
  const nowhere = await run(['method', 'add', '--node', 'nowhere', '--json'], { env })
  expect(nowhere).toEqual({ code: 1, out: '', err: 'error: no node nowhere\n' })
})

test('rotating leaves the old token valid until it is revoked, and a third is refused until then', async () => {
  const { env, method, token } = await newInstallation()
  const server = await startServing(env)
  const rotated = await runJson(['method', 'rotate', method.id, '--public-url', server.url, '--expires', '7'], { env })
  const [fresh, baseUrl, oldId] = [textAt(rotated, 'token'), textAt(rotated, 'baseUrl'), textAt(rotated, 'tokens', 0, 'tokenId')]
  expect(rotated).toEqual({
    methodId: method.id,
    nodeId: method.node_id,
    baseUrl: `${server.url}/scim/v2/${method.node_id}`,
    token: expect.stringMatching(/^[\w-]{43}$/),
    tokens: [
      { tokenId: oldId, hint: token.slice(-4), createdAt: expect.any(String), expiresAt: null, lastUsedAt: null },
      {
        tokenId: expect.any(String),
        hint: fresh.slice(-4),
        createdAt: expect.any(String),
        expiresAt: expect.any(String),
        lastUsedAt: null,
      },
    ],
  })
  const days = (Date.parse(textAt(rotated, 'tokens', 1, 'expiresAt')) - Date.now()) / (24 * 60 * 60 * 1000)
  expect(Math.round(days)).toBe(7)
  expect([await statusWith(token, baseUrl), await statusWith(fresh, baseUrl)]).toEqual([200, 200])

  const third = await run(['method', 'rotate', method.id, '--json'], { env })
  expect(third).toMatchObject({ code: 1, out: '' })
  expect(third.err).toContain(`claviger method revoke ${method.id} ${oldId}`)

  await runJson(['method', 'revoke', method.id, oldId], { env })
  expect([await statusWith(token, baseUrl), await statusWith(fresh, baseUrl)]).toEqual([401, 200])
  const again = await run(['method', 'revoke', method.id, oldId], { env })
  expect(again).toMatchObject({ code: 1, out: '' })
})

test('rotating in plain words says how to end the old token', async () => {
  const { env, method, token } = await newInstallation()
  const { out } = await run(['method', 'rotate', method.id], { env })
  expect(out).toMatch(/^Token: {2}[\w-]{43}$/m)
  expect(out).toContain(`The old token (…${token.slice(-4)}) is valid until you revoke it`)
  expect(out).toMatch(new RegExp(`claviger method revoke ${method.id} [0-9a-f-]{36}`))
})

test('a paused method refuses the directory until it is resumed', async () => {
  const { env, method, token, nodeId } = await newInstallation()
  const server = await startServing(env)
  const baseUrl = `${server.url}/scim/v2/${nodeId}`
  expect(await runJson(['method', 'pause', method.id], { env })).toMatchObject({ methodId: method.id, state: 'paused' })
  expect(await statusWith(token, baseUrl)).toBe(503)
  const { out } = await run(['method', 'resume', method.id], { env })
  expect(out).toBe('The method is resumed. It is now active; e-mail that differs: warn.\n')
  expect(await statusWith(token, baseUrl)).toBe(200)
})

test('a draft cannot be paused, and a method that is not there cannot be anything', async () => {
  const { db, env } = await newInstallation()
  const draft = await addMethod(['method', 'add', '--draft', '--node', (await newNode(db)).id], { env })
  const paused = await run(['method', 'pause', draft.methodId], { env })
  expect(paused).toEqual({ code: 1, out: '', err: `error: method ${draft.methodId} is a draft: save it first\n` })
  const unknown = await run(['method', 'save', 'nothing'], { env })
  expect(unknown).toEqual({ code: 1, out: '', err: 'error: no provisioning method nothing\n' })
})

test('what happens to e-mails that differ is set to one of two words', async () => {
  const { env, method } = await newInstallation()
  expect(await runJson(['method', 'set', method.id, '--email-policy', 'refuse'], { env })).toMatchObject({ emailPolicy: 'refuse' })
  const wrong = await run(['method', 'set', method.id, '--email-policy', 'perhaps'], { env })
  expect(wrong).toMatchObject({ code: 2, out: '' })
  expect(wrong.err).toContain('warn, refuse')
})

test('the list shows every method with its tokens, and never a token itself', async () => {
  const { db, env, method, token, nodeId } = await newInstallation()
  const other = await newNode(db)
  await runJson(['method', 'add', '--draft', '--node', other.id], { env })
  const all = await runJson(['method', 'list'], { env })
  expect(all).toMatchObject([
    { methodId: method.id, nodeId, state: 'active', emailPolicy: 'warn', tokens: [{ hint: token.slice(-4), lastUsedAt: null }] },
    { nodeId: other.id, state: 'draft' },
  ])
  expect(await runJson(['method', 'list', '--node', other.id], { env })).toHaveLength(1)
  const { out } = await run(['method', 'list'], { env })
  expect(out).toContain(`(…${token.slice(-4)}), never used`)
  expect(out + JSON.stringify(all)).not.toContain(token)
})

test('days that are no days are refused', async () => {
  const { env, method } = await newInstallation()
  for (const days of ['0', '-1', 'soon', '1e9']) {
    const { code, err } = await run(['method', 'rotate', method.id, `--expires=${days}`], { env })
    expect(code).toBe(2)
    expect(err).toContain('Give the days')
  }
})
