import type { Outcome } from './directory.ts'
import type { Exchange } from './http.ts'
import type { ScenarioReport, StepReport } from './scenario-run.ts'

/** One operation as a person reads it. */
export function outcomeText(outcome: Outcome): string {
  return `${outcome.ok ? 'ok      ' : 'FAILED  '}${outcome.seen}`
}

/** The requests and answers of an operation, bodies included, as they went over the wire. The token is not among them. */
export function transcriptText(exchanges: readonly Exchange[]): string {
  return exchanges.map(exchangeText).join('\n\n')
}

/** A scenario's report as a person reads it. */
export function scenarioText(report: ScenarioReport): string {
  return [report.scenario, ...report.steps.map(stepText), summaryText(report)].join('\n')
}

/** The last lines of a scenario's report. */
export function summaryText(report: ScenarioReport): string {
  const lines = report.reachable ? [] : [`The server cannot be reached: ${report.skipped} steps were not run.`]
  const passed = report.steps.filter((step) => step.ok).length
  lines.push(
    `${passed} of ${report.steps.length + report.skipped} steps as expected, ${report.requests} requests, ${Math.round(report.ms)} ms.`,
  )
  return lines.join('\n')
}

/** One step of a scenario as a person reads it. */
export function stepText(step: StepReport): string {
  const title = `${String(step.number).padStart(3)} ${step.ok ? 'ok    ' : 'FAILED'} ${step.do}${step.note === null ? '' : `: ${step.note}`}`
  const seen = step.outcomes.map((outcome) => `           ${outcome.seen}`)
  const problems = step.problems.map((problem) => `         ! ${problem}`)
  return [title, ...seen, ...problems].join('\n')
}

/** An outcome for machines; the exchanges only where they are asked for. */
export function outcomeJson(outcome: Outcome, withExchanges: boolean): object {
  const { exchanges, ...rest } = outcome
  return withExchanges ? outcome : { ...rest, requests: exchanges.length }
}

/** A scenario's report for machines. */
export function scenarioJson(report: ScenarioReport, withExchanges: boolean): object {
  const steps = report.steps.map((step) => ({ ...step, outcomes: step.outcomes.map((outcome) => outcomeJson(outcome, withExchanges)) }))
  return { ...report, steps }
}

function exchangeText(exchange: Exchange): string {
  const head = `> ${exchange.method} ${exchange.path}`
  const sent = exchange.requestBody === null ? [] : [indented('> ', exchange.requestBody)]
  const status = exchange.status === null ? (exchange.problem ?? 'no answer') : String(exchange.status)
  const heard = exchange.responseBody === null ? [] : [indented('< ', exchange.responseBody)]
  return [head, ...sent, `< ${status} (${exchange.ms.toFixed(1)} ms)`, ...heard].join('\n')
}

function indented(mark: string, body: string): string {
  return pretty(body).replace(/^/gm, mark)
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
