import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..', '..')
const shipped = ['client', 'contract'].flatMap((workspace) =>
  readdirSync(join(root, workspace, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !/(^|\/)testing/.test(path))
    .map((path) => ({ path: join(workspace, path), text: readFileSync(join(root, workspace, 'src', path), 'utf8') })),
)
const importsOf = (text: string) => [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name ?? '')

test('what people’s devices run imports nothing that a browser does not have', () => {
  const allowed: Record<string, RegExp> = {
    client:
      /^(\.\.?\/|@claviger\/contract\/|@scure\/(base$|bip39\/wordlists\/english\.js$)|@serenity-kit\/opaque$|@zxcvbn-ts\/|hpke$|otpauth$|uuid$|zod$)/,
    contract: /^(\.\.?\/|@scure\/base$|zod$)/,
  }
  expect(shipped.length).toBeGreaterThan(30)
  for (const { path, text } of shipped) {
    for (const name of importsOf(text)) expect(name, path).toMatch(allowed[path.split('/')[0] ?? ''] ?? /^$/)
  }
})

test('what people’s devices run names nothing that only Node has', () => {
  const onlyNode = /\b(Buffer|process\.|__dirname|__filename|require\(|setImmediate|import\.meta\.(dirname|filename))/
  for (const { path, text } of shipped) expect(onlyNode.exec(text)?.[0], path).toBeUndefined()
})

test('the contract, which the server runs too, can check and hash but has no way to use a private key', () => {
  for (const { path, text } of shipped.filter(({ path }) => path.startsWith('contract'))) {
    const calls = [...text.matchAll(/subtle\s*\.\s*(\w+)/g)].map(([, call]) => call)
    for (const call of calls) expect(['digest', 'importKey', 'verify'], path).toContain(call)
    expect(/'(sign|decrypt|deriveKey|deriveBits|unwrapKey|pkcs8|jwk)'/.exec(text)?.[0], path).toBeUndefined()
  }
})
