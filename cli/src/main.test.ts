import { version } from '@claviger/server/version.ts'
import { expect, test } from 'vitest'
import { runBinary } from './testing-command.ts'

test('a misspelt command suggests the right one', async () => {
  const { code, out, err } = await runBinary(['usres', 'list'])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain('Did you mean users?')
  expect((await runBinary(['method', 'rotat', 'x'])).err).toContain('Did you mean rotate?')
})

test('help and version succeed; a command without what it needs is wrong usage', async () => {
  const help = await runBinary(['--help'])
  expect(help).toMatchObject({ code: 0, err: '' })
  for (const command of ['serve', 'init', 'node', 'method', 'users', 'teams', 'log', 'okta', 'entra', 'demo']) {
    expect(help.out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
  }
  expect(await runBinary(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  expect(await runBinary(['users', 'list'])).toMatchObject({ code: 2, out: '' })
  expect(await runBinary([])).toMatchObject({ code: 2, out: '' })
})

test('a directory that cannot reach the server ends with the code for out of reach', async () => {
  const { code } = await runBinary(['okta', 'test', '--url', 'http://127.0.0.1:9/scim/v2/x', '--token', 'x', '--no-wait'])
  expect(code).toBe(3)
})
