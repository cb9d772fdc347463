import type { ApprovalReport } from '@claviger/client/approvals/report.ts'
import { type Automator, openAutomator } from '@claviger/client/automator/automator.ts'
import { runAutomator, runOnce } from '@claviger/client/automator/run.ts'
import { AppError } from '@claviger/server/errors.ts'
import type { Command } from 'commander'
import { type AutomatorMetrics, createAutomatorMetrics, serveMetrics } from './automator-metrics.ts'
import { fileAutomatorStore, hasAutomator } from './automator-profile.ts'
import { printable, say, write, writeJson } from './output.ts'
import { addPersonOptions, type PersonOptions } from './person.ts'
import { type ReportLine, refusalLine, reportLines, reportOf } from './report.ts'

interface RunAutomatorOptions extends PersonOptions {
  once?: boolean
  dryRun?: boolean
  metricsPort?: string
  metricsHost: string
}

/** Adds `automator run`. */
export function addAutomatorRunCommand(automator: Command): void {
  addPersonOptions(automator.command('run'))
    .description('approve what its rights and rules allow, and go on as changes come')
    .option('--once', 'do what waits now, then end')
    .option('--dry-run', 'say what would be done now, do nothing, then end')
    .option('--metrics-port <port>', 'serve metrics for Prometheus on this port')
    .option('--metrics-host <host>', 'and on this address', '127.0.0.1')
    .action(run)
}

async function run(options: RunAutomatorOptions) {
  const { profile, once, dryRun, json } = options
  if (!hasAutomator(profile)) throw new AppError('not_found', `There is no automator in ${profile}: claviger automator enrol`)
  const automator = await openAutomator(fileAutomatorStore(profile))
  if (once || dryRun) return tellOnce(await runOnce(automator, { dryRun: dryRun === true }), { json, dryRun: dryRun === true })
  await keepRunning(automator, options)
}

async function keepRunning(automator: Automator, { metricsPort, metricsHost, json }: RunAutomatorOptions) {
  const metrics = createAutomatorMetrics()
  const served = metricsPort === undefined ? undefined : await serveMetrics(metrics, { host: metricsHost, port: readPort(metricsPort) })
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())
  if (!json) await say(`The automator ${automator.name} runs.${served ? ` Metrics: ${served.url}` : ''} Ctrl-C ends it.`)
  let toldBefore: ReadonlySet<string> = new Set()
  try {
    await runAutomator(automator, {
      signal: ending.signal,
      async onReport(report) {
        count(metrics, report, automator)
        toldBefore = await tell(report, json, toldBefore)
      },
      onFailure(error) {
        metrics.countFailure()
        process.stderr.write(`note: ${printable(error.message)} Trying again.\n`)
      },
    })
  } finally {
    served?.close()
  }
}

function count({ countDone, finish }: AutomatorMetrics, report: ApprovalReport, { state }: Automator) {
  const { approved, skipped } = reportOf(report)
  for (const { kind } of approved) countDone(kind)
  finish({ skipped: skipped.length, logLength: state.length })
}

/** Says what was done, and what was refused where the look before did not say the same. @returns the refusals */
async function tell(report: ApprovalReport, json: boolean | undefined, toldBefore: ReadonlySet<string>): Promise<Set<string>> {
  const { approved, skipped } = reportOf(report)
  const isNew = (line: ReportLine) => !toldBefore.has(refusalLine(line))
  const fresh = skipped.filter(isNew)
  if (!json) await say(...reportLines(report, false), ...fresh.map(refusalLine))
  else if (approved.length + fresh.length > 0) await write(`${JSON.stringify({ approved, skipped: fresh })}\n`)
  return new Set(skipped.map(refusalLine))
}

async function tellOnce(report: ApprovalReport, { json, dryRun }: { json: boolean | undefined; dryRun: boolean }) {
  const { approved, skipped } = reportOf(report)
  if (json) return writeJson({ approved, skipped })
  await say(...reportLines(report, dryRun), ...skipped.map(refusalLine))
  if (approved.length + skipped.length === 0) await say('Nothing waits that this automator may approve.')
}

function readPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port < 65_536) return port
  throw new AppError('invalid_value', `${text} is no port: give a number from 0 to 65535.`)
}
