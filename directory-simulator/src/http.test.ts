import { expect, test } from 'vitest'
import { connectDirectory } from './connect.ts'
import { transcriptText } from './report.ts'
import { foreignServer, listOf, scimError } from './testing-foreign-server.ts'

test('Okta waits as long as Retry-After says in whole seconds, twice as long each time, and gives up after ten tries', async () => {
  const server = await foreignServer(() => ({ ...scimError(429, 'Slow down.'), headers: { 'retry-after': '2' } }))
  const outcome = await connectDirectory('okta', server.connection).test()
  expect(server.waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512].map((seconds) => seconds * 1000))
  expect(outcome.exchanges).toHaveLength(10)
  expect(outcome.seen).toBe('Error authenticating: Too Many Requests. Errors reported by remote server: Slow down.')
})

test('Okta waits five minutes without Retry-After, and with one that is a date', async () => {
  const server = await foreignServer((_, count) => {
    if (count === 1) return scimError(429, 'Slow down.')
    if (count === 2) return { ...scimError(429, 'Slow down.'), headers: { 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' } }
    return listOf()
  })
  expect((await connectDirectory('okta', server.connection).test()).ok).toBe(true)
  expect(server.waits).toEqual([300_000, 600_000])
})

test('Okta tries neither a 400 nor a 500 again', async () => {
  for (const status of [400, 500]) {
    const server = await foreignServer(() => scimError(status, 'No.'))
    await connectDirectory('okta', server.connection).test()
    expect(server.seen).toHaveLength(1)
  }
})

test('Entra ID tries a server that fails a few times, longer apart each time', async () => {
  const server = await foreignServer((_, count) => (count < 4 ? { status: 503, text: '' } : listOf()))
  expect((await connectDirectory('entra', server.connection).test()).ok).toBe(true)
  expect(server.waits).toEqual([1000, 2000, 4000])
})

test('an administrator who does not want to wait is told at once', async () => {
  const server = await foreignServer(() => scimError(429, 'Slow down.'))
  await connectDirectory('okta', { ...server.connection, waits: false }).test()
  expect(server.seen).toHaveLength(1)
})

test('each wait is announced in words', async () => {
  const words: string[] = []
  const server = await foreignServer((_, count) => (count === 1 ? scimError(429, 'Slow down.') : listOf()))
  await connectDirectory('okta', { ...server.connection, onWait: (text) => words.push(text) }).test()
  expect(words).toEqual(['The server answered 429: Okta waits 300 s and tries again (try 2).'])
})

test('a wrong token is told in the words of each directory', async () => {
  const server = await foreignServer(() => scimError(401, 'The provisioning token is not known.'))
  const seen = async (kind: 'okta' | 'entra' | 'onelogin' | 'jumpcloud' | 'authentik') =>
    (await connectDirectory(kind, server.connection).test()).seen
  expect(await seen('okta')).toBe(
    'Error authenticating: Unauthorized. Errors reported by remote server: The provisioning token is not known.',
  )
  expect(await seen('entra')).toMatch(/^You appear to have entered invalid credentials\..*The provisioning token is not known\.$/)
  expect(await seen('onelogin')).toBe(
    'API Status: Disabled. The connection could not be enabled: 401 Unauthorized: The provisioning token is not known.',
  )
  expect(await seen('jumpcloud')).toContain('There was a problem activating the integration: 401')
  expect(await seen('authentik')).toContain('Failed to get ServiceProviderConfig: 401')
})

test('a web page where SCIM belongs is recognised, as an error and as a success', async () => {
  const page = { text: '<html>login</html>', headers: { 'content-type': 'text/html' } }
  const failing = await foreignServer(() => ({ status: 500, ...page }))
  expect((await connectDirectory('okta', failing.connection).test()).detail).toBe(
    '500 Internal Server Error, with a web page where a SCIM error belongs.',
  )
  const answering = await foreignServer(() => ({ status: 200, ...page }))
  const outcome = await connectDirectory('okta', answering.connection).test()
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'unreadable' } })
  expect(outcome.detail).toContain('check that the URL is the SCIM base URL')
})

test('an answer that is cut off does not pass for a success', async () => {
  const server = await foreignServer(() => ({ status: 200, text: '{"schemas": ["urn:' }))
  expect((await connectDirectory('okta', server.connection).test()).detail).toContain('not valid JSON; it may have been cut off')
  const broken = await foreignServer(() => ({ ...listOf(), cut: 'within' }))
  expect((await connectDirectory('okta', broken.connection).test()).failure?.kind).toBe('unreachable')
})

test('a server that closes the connection, is not there, or is not named by a URL is an outcome with words on what to check', async () => {
  const closing = await foreignServer(() => ({ status: 200, cut: 'before' }))
  expect((await connectDirectory('okta', closing.connection).test()).detail).toContain('closed the connection without an answer')
  const gone = await connectDirectory('okta', { baseUrl: 'http://127.0.0.1:9/scim', token: 't' }).test()
  expect(gone).toMatchObject({ ok: false, failure: { kind: 'unreachable' } })
  expect(gone.seen).toBe('Error authenticating: Nothing listens at http://127.0.0.1:9. Check that the server runs, and the port.')
  expect((await connectDirectory('okta', { baseUrl: 'vault.example.com/scim', token: 't' }).test()).detail).toContain(
    'is not a web address',
  )
})

test('a server that does not answer in time is given up', async () => {
  const server = await foreignServer(() => new Promise(() => {}))
  const outcome = await connectDirectory('okta', { ...server.connection, timeLimitMs: 50 }).test()
  expect(outcome.detail).toContain('gave no answer in time')
})

test('a plain HTTP port behind https:// is told apart from a missing server', async () => {
  const server = await foreignServer(() => listOf())
  const outcome = await connectDirectory('okta', {
    ...server.connection,
    baseUrl: server.connection.baseUrl.replace('http:', 'https:'),
  }).test()
  expect(outcome.detail).toContain('does not speak TLS')
})

test('a redirect is not followed, as directories follow none', async () => {
  const server = await foreignServer(() => ({ status: 308, headers: { location: 'https://new.example.com/scim' } }))
  expect((await connectDirectory('okta', server.connection).test()).detail).toBe(
    'The server redirects to https://new.example.com/scim. Paste the address it redirects to.',
  )
})

test('the transcript holds every request and answer, and never the token', async () => {
  const server = await foreignServer(({ headers }) => scimError(400, `I got ${String(headers.authorization)}`))
  const outcome = await connectDirectory('okta', server.connection).assign({ userName: 'ada@example.com' })
  const text = transcriptText(outcome.exchanges)
  expect(text).toContain('> GET Users?filter=userName%20eq%20%22ada%40example.com%22&startIndex=1&count=100')
  expect(text).toContain('I got Bearer (token)')
  expect(text + JSON.stringify(outcome)).not.toContain('secret-token')
})

test('a token of one letter spoils no answer', async () => {
  const server = await foreignServer(() => listOf())
  expect((await connectDirectory('okta', { ...server.connection, token: 't' }).test()).ok).toBe(true)
})

test('the token goes out with Bearer, or bare', async () => {
  const server = await foreignServer(() => listOf())
  await connectDirectory('okta', server.connection).test()
  await connectDirectory('okta', { ...server.connection, bareToken: true }).test()
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret-token', 'secret-token'])
})

test('a load keeps no exchanges but the one that failed', async () => {
  const server = await foreignServer(({ method }) => (method === 'GET' ? listOf() : scimError(400, 'No.')))
  const directory = connectDirectory('okta', { ...server.connection, record: false })
  expect((await directory.test()).exchanges).toEqual([])
  expect((await directory.assign({ userName: 'ada@example.com' })).exchanges).toHaveLength(1)
  expect(directory.requests()).toBe(3)
})
