import { readFileSync } from 'node:fs'
import type { JsonTestResults } from 'vitest/node'

// Prints `<passed> <failed>` of Vitest's JSON report. A file that cannot be loaded has no tests, and counts as one that failed.
const report: JsonTestResults = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const unloaded = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
)
const failed = report.numFailedTests + unloaded.length
console.log(`${report.numPassedTests} ${report.success ? failed : Math.max(failed, 1)}`)
