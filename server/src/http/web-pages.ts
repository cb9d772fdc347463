import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** Where `npm start` puts the Web Vault and the Admin Console that it builds. */
const BUILT = join(import.meta.dirname, '..', '..', '..', 'web', 'dist')
/** Names of assets hold a hash of what is in them. */
const ASSET_SECONDS = 365 * 24 * 60 * 60

/** The folder of the built pages, or null where nobody built them. */
export function builtWeb(): string | null {
  return existsSync(join(BUILT, 'built-from')) ? BUILT : null
}

/**
 * Serves the two applications of `folder`: assets as they are, compressed where the browser takes it, and for every path of
 * an application its page, which finds out itself what to show there.
 */
export async function webPages(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    immutable: true,
    maxAge: ASSET_SECONDS * 1000,
    index: false,
  })
  app.get('/icon.svg', (_, reply) => reply.sendFile('icon.svg', folder))
  const page = (file: string) => (_: unknown, reply: FastifyReply) =>
    // The page names the assets of its own build, so it is asked for anew each time.
    reply.header('cache-control', 'no-cache').sendFile(file, folder, { cacheControl: false, immutable: false })
  for (const path of ['/', '/setup', '/invite', '/sign-in', '/vault', '/vault/*', '/devices/*']) app.get(path, page('index.html'))
  for (const path of ['/console', '/console/*']) app.get(path, page('console.html'))
}
