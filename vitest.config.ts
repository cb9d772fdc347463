import { defineConfig } from 'vitest/config'

// Everything that touches the store runs twice: the projects differ only in the engine that `storage/testing.ts` opens.
const stores = ['sqlite', 'postgres'] as const
/** Workspaces that have no store: once is enough for them. */
const withoutStore = ['client/**', 'contract/**', 'directory-simulator/**', 'scripts/**']

export default defineConfig({
  test: {
    projects: stores.map((store) => ({
      test: {
        name: store,
        include: ['*/src/**/*.test.ts', 'scripts/*.test.ts'],
        exclude: ['**/node_modules/**', ...(store === 'postgres' ? withoutStore : [])],
        env: { TEST_STORE: store },
        globalSetup: store === 'postgres' ? ['server/src/storage/testing-postgres.ts'] : [],
        testTimeout: 30_000,
        hookTimeout: 60_000,
      },
    })),
  },
})
