import { expect, test } from 'vitest'
import { elementsOf, FIRST_NAME, newInstallation, run, runJson, startCommand, startServing, textAt } from './testing-command.ts'

const URN = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** A directory that has provisioned `ada@example.com` over the wire, and was refused another. */
async function provisioned() {
  const installation = await newInstallation()
  const server = await startServing(installation.env)
  const create = async (userName: string) => {
    const answer = await fetch(`${server.url}/scim/v2/${installation.nodeId}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${installation.token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify({ schemas: [URN], userName, name: { givenName: FIRST_NAME, familyName: 'Featherstone' } }),
    })
    await answer.arrayBuffer()
    return answer.status
  }
  expect([await create('ada@example.com'), await create('grace')]).toEqual([201, 400])
  const command = ['log', '--node', installation.nodeId]
  await expect.poll(async () => elementsOf(await runJson(command, installation)).length, { timeout: 5_000 }).toBe(2)
  return { ...installation, create, command }
}

test('the log is a JSON array, oldest first, that says what was asked, what became of it, and what to do', async () => {
  const { env, command, method } = await provisioned()
  const text = {
    id: expect.any(String),
    at: expect.stringMatching(/^\d{4}-.*Z$/),
    tokenId: expect.any(String),
    requestId: expect.any(String),
  }
  const about = { ...text, methodId: method.id, httpMethod: 'POST', path: `/scim/v2/${method.node_id}/Users` }
  const entries = await runJson(command, { env })
  expect(entries).toEqual([
    {
      ...about,
      status: 201,
      operation: 'user.create',
      subjectKind: 'user',
      subjectId: expect.any(String),
      summary: expect.stringContaining('ada@example.com'),
      detail: null,
      advice: null,
    },
    {
      ...about,
      status: 400,
      operation: expect.any(String),
      subjectKind: null,
      subjectId: null,
      summary: expect.any(String),
      detail: expect.stringContaining('userName must be an e-mail address'),
      advice: null,
    },
  ])
  expect(JSON.stringify(entries)).not.toContain(FIRST_NAME)
  expect(await runJson([...command, '--limit', '1'], { env })).toMatchObject([{ status: 400 }])
})

test('the log in plain words is a line a request, with its result', async () => {
  const { env, command } = await provisioned()
  const { out } = await run(command, { env })
  const [head, done, refused] = out.split('\n')
  expect(head).toMatch(/^TIME +RESULT +WHAT +IN WORDS$/)
  expect(done).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}done +user\.create +Created ada@example\.com/)
  expect(refused).toMatch(/ UTC {2}refused +\S+ .*userName must be an e-mail address/)
  expect(out).not.toContain(FIRST_NAME)
})

test('a followed log shows an entry when it arrives, each once, and ends when it is told to', async () => {
  const { env, command, create } = await provisioned()
  const json = startCommand([...command, '--follow', '--json'], { env })
  const text = startCommand([...command, '--follow', '--limit', '1'], { env })
  await Promise.all([json.wrote('must be an e-mail'), text.wrote('must be an e-mail')])
  expect(await create('alan@example.com')).toBe(201)
  await Promise.all([json.wrote('alan@example.com'), text.wrote('alan@example.com')])
  expect(await create('mary@example.com')).toBe(201)
  await Promise.all([json.wrote('mary@example.com'), text.wrote('mary@example.com')])
  json.send('SIGTERM')
  text.send('SIGINT')
  const [asJson, asText] = await Promise.all([json.ended, text.ended])
  expect([asJson.code, asText.code]).toEqual([0, 0])
  const entries = asJson.out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(entries.map((entry) => textAt(entry, 'summary').match(/\w+@example\.com/)?.[0])).toEqual([
    'ada@example.com',
    undefined,
    'alan@example.com',
    'mary@example.com',
  ])
  expect(new Set(entries.map((entry) => textAt(entry, 'id'))).size).toBe(4)
  expect(asText.out).not.toContain('ada@example.com')
  expect(asText.out.match(/alan@example\.com/g)).toHaveLength(1)
})

test('a log without entries is an empty array, or a sentence', async () => {
  const { env, nodeId } = await newInstallation()
  expect(await runJson(['log', '--node', nodeId], { env })).toEqual([])
  expect((await run(['log', '--node', nodeId], { env })).out).toBe('The directory has asked for nothing yet.\n')
})

test('the log of a node that is not there, or of a number that is none, is refused', async () => {
  const { env, nodeId } = await newInstallation()
  expect(await run(['log', '--node', 'nowhere', '--json'], { env })).toEqual({ code: 1, out: '', err: 'error: no node nowhere\n' })
  const wrong = await run(['log', '--node', nodeId, '--limit', 'all'], { env })
  expect(wrong).toMatchObject({ code: 2, out: '' })
})
