import { defineConfig } from 'vitest/config'

// Takes the pictures of docs/screens, of the real pages of a provisioned installation.
export default defineConfig({
  test: {
    name: 'screens',
    include: ['e2e/src/screens/*.screens.ts'],
    globalSetup: ['e2e/src/browser/global-setup.ts'],
    testTimeout: 300_000,
    fileParallelism: false,
  },
})
