import { defineConfig } from 'vitest/config'

// The client in a real Chromium. `npm test` has none of it: where there is no Chromium, everything else can still be tested.
export default defineConfig({
  test: {
    name: 'browser',
    include: ['e2e/src/browser/**/*.spec.ts'],
    globalSetup: ['e2e/src/browser/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each file has browsers of its own, and the figures want a processor.
    fileParallelism: false,
  },
})
