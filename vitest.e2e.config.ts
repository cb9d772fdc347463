import { defineConfig } from 'vitest/config'

const browser = {
  globalSetup: ['e2e/src/browser/global-setup.ts'],
  // Most of it is axe, on each page in light and in dark.
  testTimeout: 180_000,
  hookTimeout: 60_000,
  // A page answers when the machine lets it.
  expect: { poll: { timeout: 15_000 } },
}

/** Several server processes share a store on PostgreSQL only. */
const ofProcesses = ['e2e/src/browser/story-04-sync.spec.ts']

// The client in a real Chromium. `npm test` has none of it: where there is no Chromium, everything else can still be tested.
export default defineConfig({
  test: {
    // Each file has browsers and an installation of its own, and half of the time waits for them.
    maxWorkers: 2,
    projects: [
      { test: { ...browser, name: 'browser', include: ['e2e/src/browser/**/*.spec.ts'], exclude: ofProcesses } },
      {
        test: {
          ...browser,
          name: 'browser-postgres',
          include: ofProcesses,
          env: { TEST_STORE: 'postgres' },
          globalSetup: [...browser.globalSetup, 'server/src/storage/testing-postgres.ts'],
        },
      },
    ],
  },
})
