import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { build } from 'vite'

const HTML = '<!doctype html><html lang="en"><title>Keys</title><script type="module" src="/page.js"></script></html>'

/** What the Web Vault's pages come with: no policy of Trusted Types can be made, so no text becomes a script. */
export const STRICTEST = contentSecurity("'none'")
/** A Worker's address must be a TrustedScriptURL, so a page with Workers takes one policy, which knows one address. */
export const WITH_WORKER = contentSecurity('claviger-worker')

/** The pages that a test can open: without Workers, and with. */
export const pages = { strictest: '/strictest', withWorker: '/' } as const

const policies: Readonly<Record<string, string>> = { [pages.strictest]: STRICTEST, [pages.withWorker]: WITH_WORKER }

/** The client built for browsers, on a port of its own on the loopback interface. */
export interface Site {
  readonly origin: string
  close(): Promise<void>
}

export async function openSite(): Promise<Site> {
  const scripts = await buildScripts()
  const server = createServer(({ url = '' }, response) => {
    const script = scripts.get(url)
    const policy = policies[url]
    // Browsers ask for an icon by themselves.
    if (script === undefined && policy === undefined) return response.writeHead(url === '/favicon.ico' ? 204 : 404).end()
    response.writeHead(200, {
      'content-type': script === undefined ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8',
      // A Worker has the policy of its own script's answer, not its page's.
      'content-security-policy': policy ?? WITH_WORKER,
      'x-content-type-options': 'nosniff',
    })
    return response.end(script ?? HTML)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the site has no port')
  const close = async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { origin: `http://127.0.0.1:${address.port}`, close }
}

function contentSecurity(trustedTypes: string): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "require-trusted-types-for 'script'",
    `trusted-types ${trustedTypes}`,
  ].join('; ')
}

/** The scripts by the path from which they are served, built as they would be for a release. */
async function buildScripts(): Promise<Map<string, string>> {
  const folder = join(import.meta.dirname, 'page')
  const built = await build({
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    root: folder,
    build: {
      write: false,
      modulePreload: false,
      target: 'es2022',
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: {
        input: { page: join(folder, 'page.ts'), worker: join(folder, 'worker.ts') },
        preserveEntrySignatures: false,
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  })
  if (!('output' in built)) throw new Error('vite watches instead of building')
  return new Map(built.output.flatMap((file) => (file.type === 'chunk' ? [[`/${file.fileName}`, file.code]] : [])))
}
