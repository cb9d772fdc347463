import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DIRECTORY_KINDS } from './directory.ts'
import { parseScenario, ScenarioError } from './scenario.ts'
import { openScenario, scenarioNames } from './scenario-files.ts'

function problemsOf(scenario: unknown): readonly string[] {
  try {
    parseScenario(typeof scenario === 'string' ? scenario : JSON.stringify(scenario))
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems
    throw error
  }
  return []
}

const BASE = { name: 'n', directory: 'okta', people: { ada: { userName: 'ada@example.com' } }, groups: { ops: { name: 'Ops' } } }

test('every scenario that comes along can be read, and each directory has several', () => {
  const kinds = scenarioNames().map((name) => openScenario(name).directory)
  for (const kind of DIRECTORY_KINDS) expect(kinds.filter((one) => one === kind).length).toBeGreaterThanOrEqual(3)
})

test('no text makes the parser throw anything but its own error', () => {
  const shapes = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({
        name: fc.string(),
        directory: fc.constant('okta'),
        steps: fc.array(fc.record({ do: fc.anything(), who: fc.anything(), set: fc.anything() })),
      })
      .map((value) => JSON.stringify(value)),
  )
  fc.assert(
    fc.property(shapes, (text) => {
      problemsOf(text)
    }),
    { numRuns: 500 },
  )
})

test('an unknown verb is told with the step, and with the verbs there are', () => {
  expect(problemsOf({ ...BASE, steps: [{ do: 'test' }, { do: 'asign', who: 'ada' }] })[0]).toMatch(
    /^Step 2 \(asign\), do: there is no such verb; take one of test, import, assign/,
  )
})

test('a person, group or attribute that does not exist is told with the step, and with those there are', () => {
  const steps = [
    { do: 'assign', who: ['ada', 'bob'] },
    { do: 'push-group', group: 'sales' },
    { do: 'update', who: 'ada', set: { 'name.gvenName': 'A' } },
    { do: 'test', expect: { users: { eve: { active: true } } } },
  ]
  expect(problemsOf({ ...BASE, steps })).toEqual([
    'Step 1 (assign): there is no "bob" under people; add it there or take one of ada.',
    'Step 2 (push-group): there is no "sales" under groups; add it there or take one of ops.',
    expect.stringMatching(/^Step 3 \(update\): "name.gvenName" is no attribute to set; take one of userName, givenName/),
    'Step 4 (test), expect.users: there is no "eve" under people; add it there or take one of ada.',
  ])
})

test('a misspelt key, a missing one and a flavour of another directory are told', () => {
  expect(problemsOf({ ...BASE, steps: [{ do: 'assign', who: 'ada', expct: 'refused' }] })[0]).toMatch(
    /^Step 1 \(assign\): Unrecognized key: "expct"/,
  )
  expect(problemsOf({ ...BASE, steps: [{ do: 'assign' }] })[0]).toMatch(/^Step 1 \(assign\), who:/)
  expect(problemsOf({ ...BASE, options: { flavour: 'classic' }, steps: [{ do: 'test' }] })).toEqual([
    'options.flavour: okta has no flavour "classic"; take custom or catalogue.',
  ])
  expect(problemsOf('{"name": ')[0]).toContain('The file is not JSON')
})

test('a file that is not there is told, with the scenarios that are', () => {
  expect(() => openScenario('/nowhere/at-all.json')).toThrow(/There is no such file\. Scenarios that come along: .*okta-custom/)
})
