import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, readConfig } from '@claviger/server/config.ts'
import { isPostgres } from '@claviger/server/storage/open.ts'

const FILE = 'public-url'

/**
 * Keeps the address of a server beside its embedded store, so that links and base URLs are right in commands that were
 * not told the `--port` that `serve` was. Several servers on PostgreSQL have their address in the environment.
 * @returns undoes it, for a server that did not start
 */
export function rememberAddress({ storeLocation, dataFolder, publicUrl }: Config): () => void {
  if (isPostgres(storeLocation)) return () => {}
  const before = readAddress(dataFolder)
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  writeFileSync(join(dataFolder, FILE), `${publicUrl}\n`)
  return () => {
    if (before === undefined) rmSync(join(dataFolder, FILE), { force: true })
    else writeFileSync(join(dataFolder, FILE), `${before}\n`)
  }
}

/** The settings with the address that the store was last served at, unless they name one themselves. */
export function withServingAddress(config: Config): Config {
  if (isPostgres(config.storeLocation) || config.publicUrl !== readConfig({}).publicUrl) return config
  return { ...config, publicUrl: readAddress(config.dataFolder) ?? config.publicUrl }
}

function readAddress(dataFolder: string): string | undefined {
  try {
    const text = readFileSync(join(dataFolder, FILE), 'utf8').trim()
    return URL.canParse(text) ? text : undefined
  } catch {
    return undefined // never served, or not readable by this user: then the settings decide
  }
}
