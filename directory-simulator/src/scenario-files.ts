import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseScenario, type Scenario, ScenarioError } from './scenario.ts'

const FOLDER = new URL('../scenarios/', import.meta.url)

/** The names of the scenarios that come with the simulator, such as `okta-custom`, in order. */
export function scenarioNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort()
}

/** The path of a scenario that comes with the simulator. */
export function scenarioPath(name: string): string {
  return fileURLToPath(new URL(`${name}.json`, FOLDER))
}

/** Reads a scenario file, by path. Throws ScenarioError where it cannot be used. */
export function readScenario(path: string): Scenario {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new ScenarioError([`There is no such file. Scenarios that come along: ${scenarioNames().join(', ')}.`])
  }
  return parseScenario(text)
}

/** Reads a scenario by its path, or by the name of one that comes with the simulator. */
export function openScenario(nameOrPath: string): Scenario {
  return readScenario(scenarioNames().includes(nameOrPath) ? scenarioPath(nameOrPath) : nameOrPath)
}
