import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes a file of client/vectors, once: a file that is there stays as it is, because what people stored under suite v1
 * stays as it is.
 */
export function saveVectors(name: string, vectors: object) {
  const path = join(import.meta.dirname, '..', '..', 'vectors', `${name}.json`)
  if (!existsSync(path)) writeFileSync(path, `${JSON.stringify(vectors, null, 2)}\n`)
}
