import { DIRECTORY_KINDS } from '@claviger/directory-simulator/directory.ts'
import { scenarioText } from '@claviger/directory-simulator/report.ts'
import { readScenario, scenarioNames, scenarioPath } from '@claviger/directory-simulator/scenario-files.ts'
import { runScenario } from '@claviger/directory-simulator/scenario-run.ts'
import { expect, test } from 'vitest'
import { startInstallation } from './installation.ts'

test.each(DIRECTORY_KINDS)('%s: what this directory does is done, and its administrator sees what is true', async (kind) => {
  const { addMethod } = await startInstallation()
  const names = scenarioNames().filter((name) => name.startsWith(kind))
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) {
    const { baseUrl, token } = await addMethod(name)
    const report = await runScenario(readScenario(scenarioPath(name)), { baseUrl, token, waits: false })
    expect(report.ok, scenarioText(report)).toBe(true)
    expect(report.steps.length).toBeGreaterThan(0)
  }
})
