import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'
import { webConfig } from './vite-config.ts'

const root = join(import.meta.dirname, '..')
const dist = join(import.meta.dirname, 'dist')
const stamp = join(dist, 'built-from')
/** What the pages are made of. */
const sources = ['web/{src,public}/**/*', 'web/*.{ts,html,json}', '{client,contract}/src/**/*.ts', 'package-lock.json']
const compressible = /\.(js|css|svg|html|json|wasm)$/

/** Builds the pages unless they were built from what is here now. The old ones are there until the new ones are whole. */
async function buildWhenOld(): Promise<void> {
  const wanted = hashOfSources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write('Building the pages, once …\n')
  const next = `${dist}.new-${process.pid}`
  await build(webConfig(next))
  for (const path of globSync('**/*', { cwd: next })) if (compressible.test(path)) compress(join(next, path))
  writeFileSync(join(next, 'built-from'), wanted)
  rmSync(dist, { recursive: true, force: true })
  renameSync(next, dist)
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  for (const path of globSync(sources, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()) {
    if (!/\.test\.tsx?$/.test(path)) hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

/** Beside each file its compressed forms, which the server sends as they are. */
function compress(path: string): void {
  const bytes = readFileSync(path)
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
}

await buildWhenOld()
