import { existsSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import type { Workshop } from './workshop.ts'

/** Where Debian's package puts it. */
const USUAL_PATH = '/usr/bin/chromium'
/** It runs as root in a container, and calls nobody. */
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']

/** A Chromium with an empty profile, gone with the workshop. @throws Error that says how to get one */
export async function openChromium(workshop: Workshop): Promise<BrowserContext> {
  const executablePath = process.env['CLAVIGER_CHROMIUM'] || USUAL_PATH
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}, and the console is measured in nothing else. Install it (Debian and Ubuntu: apt-get install chromium), or set CLAVIGER_CHROMIUM to the path of a Chromium or Chrome.`,
    )
  }
  const context = await chromium.launchPersistentContext(mkdtempSync(join(workshop.folder, 'chromium-')), {
    executablePath,
    args: FLAGS,
    viewport: { width: 1440, height: 900 },
  })
  workshop.onClose(() => context.close())
  return context
}
