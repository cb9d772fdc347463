import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { findChromium } from './chromium.ts'
import { openSite } from './site.ts'

declare module 'vitest' {
  interface ProvidedContext {
    origin: string
  }
}

/** Once for all files: without a Chromium nothing is run, and the client is built once. */
export async function setup(project: TestProject) {
  findChromium()
  // The pages themselves, as `npm start` builds them.
  execFileSync(process.execPath, [join(import.meta.dirname, '..', '..', '..', 'web', 'build.ts')], { stdio: 'inherit' })
  const site = await openSite()
  project.provide('origin', site.origin)
  return () => site.close()
}
