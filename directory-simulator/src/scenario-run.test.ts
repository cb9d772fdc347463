import { expect, test } from 'vitest'
import { scenarioText } from './report.ts'
import { parseScenario } from './scenario.ts'
import { openScenario } from './scenario-files.ts'
import { runScenario } from './scenario-run.ts'
import { foreignServer, scimError } from './testing-foreign-server.ts'
import { memoryServer } from './testing-memory-server.ts'

const JOINER_MOVER_LEAVER = [
  'okta-custom',
  'okta-catalogue',
  'entra-classic',
  'entra-compliant',
  'entra-external-id',
  'onelogin',
  'jumpcloud',
  'authentik',
]

for (const name of JOINER_MOVER_LEAVER) {
  test(`someone else's SCIM server passes the ${name} scenario`, async () => {
    const server = await memoryServer()
    const report = await runScenario(openScenario(name), server.connection)
    expect(report.ok, scenarioText(report)).toBe(true)
  })
}

test('a scenario runs a second time at the same server when it is tagged', async () => {
  const server = await memoryServer()
  await runScenario(openScenario('okta-custom'), server.connection, { tag: 'a' })
  const report = await runScenario(openScenario('okta-custom'), server.connection, { tag: 'b' })
  expect(report.ok, scenarioText(report)).toBe(true)
  expect(server.seen.some(({ url }) => url.includes('ada.lovelace%2Bb%40'))).toBe(true)
})

test('a step that does not come out as expected says what came instead', async () => {
  const server = await memoryServer()
  const scenario = parseScenario(
    JSON.stringify({
      name: 'wrong on purpose',
      directory: 'okta',
      people: { ada: { userName: 'ada@example.com', givenName: 'Ada', familyName: 'Lovelace' } },
      steps: [{ do: 'assign', who: 'ada', expect: { newUsers: 2, users: { ada: { active: false, has: { 'name.givenName': 'Grace' } } } } }],
    }),
  )
  const report = await runScenario(scenario, server.connection)
  expect(report.ok).toBe(false)
  expect(report.steps[0]?.problems).toEqual([
    'There are 1 more users than before the first step; expected 2.',
    'active of ada@example.com is true; expected false.',
    'name.givenName of ada@example.com is "Ada"; expected "Grace".',
  ])
})

test('a refusal that a scenario expects is a success, and its absence a failure', async () => {
  const scenario = parseScenario(JSON.stringify({ name: 'refused', directory: 'okta', steps: [{ do: 'test', expect: 'refused' }] }))
  const refusing = await foreignServer(() => scimError(401, 'Unknown token.'))
  expect((await runScenario(scenario, refusing.connection)).ok).toBe(true)
  const accepting = await memoryServer()
  const report = await runScenario(scenario, accepting.connection)
  expect(report.steps[0]?.problems).toEqual(['It should have been refused, and it worked.'])
})

test('a scenario stops where the server cannot be reached, and says so', async () => {
  const report = await runScenario(openScenario('okta-custom'), { baseUrl: 'http://127.0.0.1:9/scim', token: 't', waits: false })
  expect(report).toMatchObject({ ok: false, reachable: false, skipped: 15 })
  expect(scenarioText(report)).toContain('cannot be reached')
})
