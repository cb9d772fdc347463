import { join } from 'node:path'
import { findBreaches } from './import-rules.ts'
import { readSources } from './source-files.ts'

// The part of `npm run check` that holds the sources to the arrows of scripts/arrows.ts. A folder can be given.
const root = process.argv[2] ?? join(import.meta.dirname, '..')
const sources = readSources(root)
if (sources.length === 0) throw new Error(`there are no sources in ${root}`)
const breaches = findBreaches(sources)
for (const { path, line, why } of breaches) console.error(`${path}:${line}: ${why}`)
console.log(`check-imports: ${sources.length} files, ${breaches.length} breaches`)
process.exitCode = breaches.length === 0 ? 0 : 1
