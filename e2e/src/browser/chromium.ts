import { accessSync, constants, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

/** Where Debian's package puts it. */
const USUAL_PATH = '/usr/bin/chromium'

/** Without the first four it does not run as root in a container, or not alone; the others keep it from calling anybody. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium that the run is for. @throws Error that says how to get one */
export function findChromium(): string {
  const path = process.env['CLAVIGER_CHROMIUM'] || USUAL_PATH
  if (isProgram(path)) return path
  throw new Error(
    `There is no Chromium at ${path}, and these tests run in nothing else. Install it (Debian and Ubuntu: apt-get install chromium), or set CLAVIGER_CHROMIUM to the path of a Chromium or Chrome.`,
  )
}

/** A Chromium with a new, empty profile, which goes with it. */
export async function openChromium(): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'claviger-chromium-'))
  const removeProfile = () => rm(profile, { recursive: true, force: true, maxRetries: 5 })
  try {
    const context = await chromium.launchPersistentContext(profile, { executablePath: findChromium(), args: FLAGS })
    return { context, close: () => context.close().finally(removeProfile) }
  } catch (thrown) {
    await removeProfile()
    throw thrown
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
