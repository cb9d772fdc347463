import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findBreaches } from './import-rules.ts'
import { readSources } from './source-files.ts'

const tsconfig = JSON.stringify({
  compilerOptions: { module: 'NodeNext', noLib: true, types: [], noEmit: true, allowImportingTsExtensions: true },
  include: ['*/src', 'scripts'],
})

/** A project of these files, by path. */
function project(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'claviger-arrows-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries({ 'tsconfig.json': tsconfig, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

function breachesIn(files: Record<string, string>): string[] {
  return findBreaches(readSources(project(files))).map(({ path, line, why }) => `${path}:${line}: ${why}`)
}

test('the server never imports what handles keys, not even a type of it', () => {
  const breaches = breachesIn({
    'server/src/a.ts': "import { open } from '@claviger/client/open.ts'\nimport type { Key } from '@claviger/client/key.ts'\nopen()",
    'server/src/b.ts': "export const later = () => import('@claviger/client/open.ts')\nexport { open } from '@claviger/client/open.ts'",
  })
  const places = ['server/src/a.ts:1', 'server/src/a.ts:2', 'server/src/b.ts:1', 'server/src/b.ts:2']
  expect(breaches).toEqual(places.map((place) => expect.stringContaining(`${place}: server must not import client`)))
  expect(breaches[0]).toContain('zero knowledge')
})

test('packages follow the arrows, and do not reach into each other by a path', () => {
  const breaches = breachesIn({
    'contract/src/a.ts': "import '@claviger/client/a.ts'",
    'client/src/a.ts': "import '@claviger/server/a.ts'",
    'web/src/a.ts': "import '@claviger/server/a.ts'",
    'directory-simulator/src/a.ts': "import '@claviger/contract/a.ts'",
    'cli/src/a.ts': "import '../../server/src/a.ts'",
    'cli/src/b.ts': "import '@claviger/server/a.ts'\nimport '@claviger/directory-simulator/a.ts'\nimport 'commander'",
    'server/src/a.ts': "import '@claviger/contract/a.ts'",
  })
  expect(breaches).toEqual([
    expect.stringContaining('cli/src/a.ts:1: cli reaches into server by a path'),
    expect.stringContaining('client/src/a.ts:1: client must not import server'),
    expect.stringContaining('contract/src/a.ts:1: contract must not import client'),
    expect.stringContaining('directory-simulator/src/a.ts:1: directory-simulator must not import contract'),
    expect.stringContaining('web/src/a.ts:1: web must not import server'),
  ])
})

test('in the server, domain folders know neither SCIM nor HTTP, storage knows no domain, and SCIM may use all of them', () => {
  const breaches = breachesIn({
    'server/src/users/lock.ts': "import '../scim/patch.ts'\nimport '../teams/leave.ts'",
    'server/src/teams/leave.ts': "import '../http/page.ts'",
    'server/src/audit/record.ts': "import '../saml/sign-in.ts'",
    'server/src/storage/write.ts': "import '../users/lock.ts'",
    'server/src/scim/patch.ts': "import '../users/lock.ts'\nimport '../http/page.ts'\nimport '../errors.ts'",
    'server/src/saml/sign-in.ts': "import '../scim/patch.ts'",
    'server/src/http/page.ts': "import '../scim/patch.ts'",
    'server/src/errors.ts': "import './config.ts'",
    'server/src/cards/draw.ts': "import '../errors.ts'",
    'server/src/app.ts': "import './scim/patch.ts'\nimport './http/page.ts'",
    'server/src/users/lock.test.ts': "import '../app.ts'",
  }).filter((breach) => !breach.includes('in a circle'))
  expect(breaches).toEqual([
    expect.stringContaining('server/src/audit/record.ts:1: server/src/audit must not import saml'),
    expect.stringContaining('server/src/cards/draw.ts:1: server/src/cards has no arrows yet'),
    expect.stringContaining('server/src/errors.ts:1: server/src/errors.ts must not import config.ts'),
    expect.stringContaining('server/src/http/page.ts:1: server/src/http must not import scim'),
    expect.stringContaining('server/src/saml/sign-in.ts:1: server/src/saml must not import scim'),
    expect.stringContaining('server/src/storage/write.ts:1: server/src/storage must not import users'),
    expect.stringContaining('server/src/teams/leave.ts:1: server/src/teams must not import http'),
    expect.stringContaining('server/src/users/lock.ts:1: server/src/users must not import scim'),
  ])
})

test('what is for tests stays in tests', () => {
  expect(breachesIn({ 'server/src/users/lock.ts': "import '../storage/testing.ts'", 'server/src/storage/testing.ts': '' })).toEqual([
    expect.stringContaining('server/src/users/lock.ts:1: server/src/storage/testing.ts is for tests only'),
  ])
})

test('files that import each other in a circle are named in order, once', () => {
  const circle = {
    'cli/src/a.ts': "import './b.ts'",
    'cli/src/b.ts': "\nimport './c.ts'",
    'cli/src/c.ts': "import type { A } from './a.ts'",
  }
  expect(breachesIn({ ...circle, 'cli/src/d.ts': "import './a.ts'" })).toEqual([
    expect.stringContaining('cli/src/c.ts:1: imports in a circle: cli/src/a.ts → cli/src/b.ts → cli/src/c.ts → cli/src/a.ts'),
  ])
})

test('nothing but config.ts and tests reads the environment', () => {
  const read = 'export const port = process.env.PORT'
  expect(
    breachesIn({
      'server/src/config.ts': read,
      'server/src/a.test.ts': read,
      'server/src/storage/testing.ts': read,
      'server/src/main.ts': `// process.env is not read here\n${read}`,
      'cli/src/a.ts': "export const { PORT } = process['env']",
      'cli/src/b.ts': "import { env } from 'node:process'\nexport const port = env.PORT",
    }),
  ).toEqual([
    expect.stringContaining('cli/src/a.ts:1: only server/src/config.ts reads the environment'),
    expect.stringContaining('cli/src/b.ts:1: only'),
    expect.stringContaining('server/src/main.ts:2: only'),
  ])
})

test('nothing but storage/ knows which database engines there are', () => {
  const knows =
    "import { PostgresDialect } from 'kysely'\nimport * as sqlite from 'node:sqlite'\nimport pg from 'pg'\nexport const engine = 'sqlite'"
  expect(breachesIn({ 'server/src/storage/open.ts': knows, 'server/src/users/find.ts': knows })).toEqual([
    expect.stringContaining('server/src/users/find.ts:1: only server/src/storage knows the database engines: PostgresDialect'),
    expect.stringContaining('server/src/users/find.ts:2: only server/src/storage knows the database engines: node:sqlite'),
    expect.stringContaining('server/src/users/find.ts:3: only server/src/storage knows the database engines: pg'),
    expect.stringContaining('server/src/users/find.ts:4: only server/src/storage names a database engine ("sqlite")'),
  ])
})

test('nothing but storage/ opens a transaction', () => {
  const opens = 'export const a = (db: any) => db.transaction()\nexport const b = (run: any) => run(`begin immediate`)'
  expect(breachesIn({ 'server/src/storage/write.ts': opens, 'server/src/users/find.ts': opens })).toEqual([
    expect.stringContaining('server/src/users/find.ts:1: only write()'),
    expect.stringContaining('server/src/users/find.ts:2: only write()'),
  ])
})

test('the command names what it found and fails, and passes where there is nothing', () => {
  const check = (files: Record<string, string>) => {
    const command = [join(import.meta.dirname, 'check-imports.ts'), project(files)]
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  expect(check({ 'server/src/a.ts': "import '@claviger/client/a.ts'" })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('server/src/a.ts:1: server must not import client'),
  })
  expect(check({ 'server/src/a.ts': 'export const a = 1' })).toEqual({
    status: 0,
    stdout: 'check-imports: 1 files, 0 breaches\n',
    stderr: '',
  })
  expect(check({}).status).toBe(1)
})
