import { type ForeignServer, foreignServer, scimError } from '@claviger/directory-simulator/testing-foreign-server.ts'
import { memoryServer } from '@claviger/directory-simulator/testing-memory-server.ts'
import { Command, CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { addDirectoryCommands } from './directory.ts'
import { EXIT_FAILED, EXIT_OK, EXIT_UNREACHABLE, EXIT_USAGE } from './exit.ts'

interface Ran {
  code: number
  out: string
  err: string
}

async function claviger(line: string[], stdin = ''): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  let code = -1
  const program = new Command('claviger').exitOverride().configureOutput({ writeErr: (text) => void err.push(text), writeOut: () => {} })
  addDirectoryCommands(program, {
    out: (text) => void out.push(`${text}\n`),
    err: (text) => void err.push(`${text}\n`),
    stdin: async () => stdin,
    exit: (given) => {
      code = given
    },
  })
  try {
    await program.parseAsync(line, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    code = error.exitCode
  }
  return { code, out: out.join(''), err: err.join('') }
}

function at(server: ForeignServer): string[] {
  return ['--url', server.connection.baseUrl, '--token', 'secret-token']
}

test('each process finds again what an earlier one made', async () => {
  const server = await memoryServer()
  const said: string[] = []
  for (const line of [
    ['okta', 'test'],
    ['okta', 'assign', 'ada.lovelace@example.com', 'grace.hopper@example.com'],
    ['okta', 'update', 'ada.lovelace@example.com', '--set', 'userName=ada.king@example.com', '--set', 'name.familyName=King'],
    ['okta', 'push-group', 'Ops', '--member', 'ada.king@example.com,grace.hopper@example.com'],
    ['okta', 'remove-member', 'Ops', 'grace.hopper@example.com'],
    ['okta', 'add-member', 'Ops', 'grace.hopper@example.com'],
    ['okta', 'rename-group', 'Ops', 'Operations'],
    ['okta', 'deactivate', 'grace.hopper@example.com'],
    ['okta', 'reactivate', 'grace.hopper@example.com'],
    ['okta', 'import'],
    ['okta', 'unpush-group', 'Operations'],
  ]) {
    const ran = await claviger([...line, ...at(server)])
    expect(ran, line.join(' ')).toMatchObject({ code: EXIT_OK, err: '' })
    said.push(ran.out.trim())
  }
  expect(said).toEqual([
    'ok      Claviger was verified successfully!',
    'ok      ada.lovelace@example.com was assigned and created in Claviger.\nok      grace.hopper@example.com was assigned and created in Claviger.',
    'ok      The profile of ada.lovelace@example.com was pushed to Claviger.',
    'ok      Group Ops: created, push status Active, 2 members.',
    'ok      Group Ops: 1 removed, push status Active.',
    'ok      Group Ops: 1 added, push status Active.',
    'ok      Group Operations: renamed, push status Active.',
    'ok      grace.hopper@example.com was deactivated in Claviger.',
    'ok      grace.hopper@example.com was reactivated in Claviger.',
    'ok      Import from Claviger complete: 2 users and 1 groups scanned.',
    'ok      Group Operations: unlinked, and deleted in Claviger.',
  ])
})

test('a refusal is exit code 1, with the words of the directory', async () => {
  const server = await foreignServer(() => scimError(401, 'The method has not been saved.'))
  const ran = await claviger(['entra', 'test', ...at(server)])
  expect(ran.code).toBe(EXIT_FAILED)
  expect(ran.out).toContain('The method has not been saved.')
})

test('a server that is not there is exit code 3', async () => {
  const ran = await claviger(['jumpcloud', 'test', '--url', 'http://127.0.0.1:9', '--token', 't'])
  expect(ran.code).toBe(EXIT_UNREACHABLE)
  expect(ran.out).toContain('Nothing listens')
})

test('wrong usage is exit code 2, and says what is missing', async () => {
  const server = await memoryServer()
  const missing = await claviger(['okta', 'test', '--url', server.connection.baseUrl])
  expect(missing).toMatchObject({ code: EXIT_USAGE, err: expect.stringContaining('--token-stdin') })
  const unset = await claviger(['okta', 'update', 'ada@example.com', ...at(server)])
  expect(unset).toMatchObject({ code: EXIT_USAGE, err: expect.stringContaining('--set') })
  const unknown = await claviger(['okta', 'update', 'ada@example.com', '--set', 'shoeSize=42', ...at(server)])
  expect(unknown).toMatchObject({ code: EXIT_USAGE, err: expect.stringContaining('"shoeSize=42"') })
  const several = await claviger(['okta', 'assign', 'a@example.com', 'b@example.com', '--first', 'Ada', ...at(server)])
  expect(several.code).toBe(EXIT_USAGE)
  const address = await claviger(['okta', 'test', '--url', 'vault.example.com', '--token', 't'])
  expect(address).toMatchObject({ code: EXIT_USAGE, err: expect.stringContaining('from https:// on') })
  expect(server.seen).toEqual([])
})

test('the token can come from standard input, and shows nowhere', async () => {
  const server = await memoryServer()
  const ran = await claviger(
    ['okta', 'assign', 'ada@example.com', '--url', server.connection.baseUrl, '--token-stdin', '--transcript'],
    'secret-token\n',
  )
  expect(server.seen[0]?.headers.authorization).toBe('Bearer secret-token')
  expect(ran.out).toContain('> POST Users')
  expect(ran.out).not.toContain('secret-token')
})

test('people are described by options, and Entra by its flavour and matching', async () => {
  const server = await memoryServer()
  await claviger([
    'entra',
    'assign',
    'ada@example.com',
    '--first',
    'Ada',
    '--last',
    'King',
    '--title',
    'Countess',
    '--external-id',
    'x1',
    '--matching',
    'externalId',
    '--flavour',
    'compliant',
    ...at(server),
  ])
  expect(server.lines()[0]).toBe('GET Users?filter=externalId+eq+%22x1%22')
  expect(server.seen[1]?.body).toMatchObject({ externalId: 'x1', title: 'Countess', name: { givenName: 'Ada', familyName: 'King' } })
})

test('Okta and JumpCloud have no delete, the others have', async () => {
  const server = await memoryServer()
  expect((await claviger(['okta', 'delete', 'ada@example.com', ...at(server)])).code).not.toBe(EXIT_OK)
  await claviger(['onelogin', 'assign', 'ada@example.com', ...at(server)])
  expect((await claviger(['onelogin', 'delete', 'ada@example.com', ...at(server)])).code).toBe(EXIT_OK)
})

test('a result can be read by a machine', async () => {
  const server = await memoryServer()
  const ran = await claviger(['okta', 'assign', 'ada@example.com', '--json', ...at(server)])
  expect(JSON.parse(ran.out)).toMatchObject([{ ok: true, operation: 'assign', subject: 'ada@example.com', id: 'Users-1', requests: 2 }])
})

test('a scenario runs by name, and one for another directory is wrong usage', async () => {
  const server = await memoryServer()
  const ran = await claviger(['okta', 'run', 'okta-custom', '--tag', 'one', ...at(server)])
  expect(ran.out).toContain('15 of 15 steps as expected')
  expect(ran.code).toBe(EXIT_OK)
  const json = await claviger(['okta', 'run', 'okta-custom', '--tag', 'two', '--json', ...at(server)])
  expect(JSON.parse(json.out)).toMatchObject({ ok: true, directory: 'okta' })
  expect(await claviger(['okta', 'run', 'onelogin', ...at(server)])).toMatchObject({
    code: EXIT_USAGE,
    err: expect.stringContaining('onelogin run'),
  })
  expect(await claviger(['okta', 'run', 'nowhere.json', ...at(server)])).toMatchObject({
    code: EXIT_USAGE,
    err: expect.stringContaining('no such file'),
  })
})
