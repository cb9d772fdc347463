/** Which package may import which (docs: ARCHITECTURE, Layout). What is not listed here is not allowed. */
export const packageArrows: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  client: ['contract'],
  web: ['client', 'contract'],
  // Zero knowledge is this line: what a person's device does with keys is not to be found in the server.
  server: ['contract'],
  cli: ['client', 'contract', 'server', 'directory-simulator'],
  'directory-simulator': [],
  e2e: ['cli', 'client', 'contract', 'server', 'directory-simulator'],
  bench: ['client', 'contract', 'server', 'directory-simulator'],
  scripts: [],
}

/** The packages by the name under which others import them. */
export const packageNames: Readonly<Record<string, string>> = {
  '@claviger/contract': 'contract',
  '@claviger/client': 'client',
  '@claviger/server': 'server',
  '@claviger/directory-simulator': 'directory-simulator',
  claviger: 'cli',
}

const foundations = ['storage', 'errors.ts', 'version.ts']
const domain = [
  'accounts',
  'approvals',
  'audit',
  'automators',
  'changes',
  'devices',
  'enterprise-log',
  'enterprises',
  'invitations',
  'mail',
  'nodes',
  'notices',
  'provisioning',
  'safety',
  'sessions',
  'teams',
  'users',
  'vault',
]

/**
 * Which folder or file of server/src may import which, besides itself. Files that are not listed (app.ts, main.ts, …) put
 * the server together and may import all of it, and so may tests. Every folder is listed.
 */
export const serverArrows: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  'version.ts': [],
  'config.ts': ['errors.ts', 'storage'],
  storage: ['errors.ts', 'version.ts'],
  audit: ['storage', 'errors.ts'],
  ...Object.fromEntries(domain.filter((folder) => folder !== 'audit').map((folder) => [folder, [...domain, ...foundations]])),
  http: [...domain, ...foundations, 'config.ts'],
  api: [...domain, ...foundations, 'http'],
  scim: [...domain, ...foundations, 'http'],
  saml: [...domain, ...foundations, 'http'],
  backup: ['storage', 'errors.ts', 'version.ts'],
  doctor: [...domain, ...foundations, 'http', 'config.ts'],
}

/** Files that may read the environment. */
export const readsEnvironment = (path: string) =>
  path === 'server/src/config.ts' || path.startsWith('server/src/storage/testing') || isTest(path)

/** Files that may know which database engines there are: the store, and the floors that it is measured against. */
export const namesDialects = (path: string) => path.startsWith('server/src/storage/') || path.startsWith('bench/src/floors/')

/** Packages whose code runs where people install Claviger, and is held to the rules on environment and engines. */
export const shippedPackages: readonly string[] = ['contract', 'client', 'web', 'server', 'cli', 'directory-simulator']

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || /(^|\/)testing[^/]*\.ts$/.test(path)
}
