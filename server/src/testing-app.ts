import { onTestFinished } from 'vitest'
import { type AppContext, buildApp } from './app.ts'
import { createLogger } from './http/logging.ts'
import { createMetrics } from './http/metrics.ts'
import { queueLength } from './mail/queue-length.ts'
import { openTestDatabase } from './storage/testing.ts'

/** The HTTP side over a store of its own, for `app.inject`, with what it has logged; gone when the test is over. */
export async function openTestApp(settings: Partial<AppContext> = {}) {
  const db = settings.db ?? (await openTestDatabase())
  const lines: string[] = []
  const logger = createLogger('trace', { write: (line) => lines.push(line) })
  const metrics = createMetrics({ queuedMails: () => queueLength(db) })
  const publicUrl = 'http://localhost:8080'
  const app = await buildApp({ db, publicUrl, scimRate: 0, logger, metrics, metricsToken: undefined, trustProxy: false, ...settings })
  onTestFinished(() => app.close())
  return { app, db, metrics, log: () => lines.join('') }
}
