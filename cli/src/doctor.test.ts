import { isPostgres } from '@claviger/server/storage/open.ts'
import { newTestLocation } from '@claviger/server/storage/testing.ts'
import { expect, test } from 'vitest'
import { environmentOf, run, startServing, textAt } from './testing-command.ts'

/** The PostgreSQL of the tests runs without fsync, which is the one thing that the doctor must find broken there. */
async function servedInstallation() {
  const location = await newTestLocation()
  const env = environmentOf(location)
  const server = await startServing(env)
  return { env, server, broken: isPostgres(location) ? ['durability'] : [] }
}

test('doctor says what each check saw, and ends with 1 exactly where something is broken', async () => {
  const { env, server, broken } = await servedInstallation()
  const { code, out } = await run(['doctor', '--public-url', server.url], { env })
  expect(out.match(/^fail +[^:]+/gm) ?? []).toEqual(broken.map((check) => `fail  ${check}`))
  expect(out).toMatch(/^ok +store: /m)
  expect(out).toMatch(/^warn +mail: .*\n +→ set CLAVIGER_SMTP_URL/m)
  expect(code).toBe(broken.length === 0 ? 0 : 1)
})

test('doctor gives its findings as JSON, each with what to do where it is not well', async () => {
  const { env, server, broken } = await servedInstallation()
  const { out } = await run(['doctor', '--public-url', server.url, '--json'], { env })
  const findings: unknown[] = JSON.parse(out)
  const outcomes = findings.map((finding) => textAt(finding, 'outcome'))
  expect(outcomes.filter((outcome) => outcome === 'fail')).toHaveLength(broken.length)
  for (const finding of findings) if (textAt(finding, 'outcome') !== 'ok') expect(textAt(finding, 'advice')).not.toBe('')
})

test('doctor ends with 1 where there is no store, and says which command makes one', async () => {
  const { code, out } = await run(['doctor'], { env: { CLAVIGER_DATA: '/nonexistent/claviger' } })
  expect(out).toMatch(/^fail +store: .*nonexistent/m)
  expect(code).toBe(1)
})
