import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Everything that touches the store runs twice: the projects differ only in the engine that `storage/testing.ts` opens.
const stores = ['sqlite', 'postgres'] as const
/** Workspaces that have no store: once is enough for them. */
const withoutStore = ['client/**', 'contract/**', 'directory-simulator/**', 'scripts/**', 'web/**']
/** What the binary does before it looks at a store. */
const beforeStore = ['groups', 'launcher', 'output', 'directory'].map((name) => `cli/src/${name}.test.ts`)
/** Commands that people run as themselves speak to a server, and never see its store: the server's own tests cover both. */
const overHttp = [
  'account-change',
  'approve',
  'automator',
  'devices',
  'folder',
  'profile',
  'purge',
  'record*',
  'recover-user',
  'watch',
].map((name) => `cli/src/${name}.test.ts`)
/**
 * Long ways of people and directories, by commands or the client, over routes whose statements other files run on both engines: the
 * whole way, approvals, removal, locks, sign-in and the SCIM interface among them.
 */
const longWays = ['attachments', 'connect', 'people', 'recovery-by-administrator', 'recovery-by-code', 'scenarios', 'vault-large'].map(
  (name) => `e2e/src/${name}.test.ts`,
)
/** What a client refuses of a server that lies was changed on the way: no store has a part in it. */
const onTheWay = ['approvals-hostile', 'vault-hostile', 'open', 'nothing-secret'].map((name) => `e2e/src/${name}.test.ts`)

export default defineConfig({
  test: {
    // Half of the time tests wait for processes, databases and clocks: two cores carry more than the one worker that Vitest would take.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Files share the modules of their worker: to load them anew for each took a fifth of the time. No module of ours keeps anything
    // between tests, and each test has a store of its own.
    isolate: false,
    projects: stores.map((store) => ({
      test: {
        name: store,
        include: ['*/src/**/*.test.ts', 'scripts/*.test.ts'],
        exclude: [
          '**/node_modules/**',
          ...(store === 'postgres' ? [...withoutStore, ...beforeStore, ...overHttp, ...longWays, ...onTheWay] : []),
        ],
        env: { TEST_STORE: store },
        globalSetup: store === 'postgres' ? ['server/src/storage/testing-postgres.ts'] : [],
        testTimeout: 30_000,
        hookTimeout: 60_000,
      },
    })),
  },
})
