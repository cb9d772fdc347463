import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import { connectDirectory, directoryChoice } from './connect.ts'
import type { Directory, DirectoryKind, Outcome } from './directory.ts'
import { OperationFailed } from './failure.ts'
import type { Connection } from './http.ts'
import { changedPerson, fieldNamed, type PersonChanges } from './person.ts'
import type { Expectation, Scenario, ScenarioStep } from './scenario.ts'
import { type CurrentNames, ServerState } from './scenario-state.ts'

export interface StepReport {
  number: number
  do: ScenarioStep['do']
  note: string | null
  ok: boolean
  /** What was expected and did not come; empty when `ok`. */
  problems: string[]
  outcomes: Outcome[]
}

export interface ScenarioReport {
  scenario: string
  directory: DirectoryKind
  ok: boolean
  /** Whether the server answered at all. */
  reachable: boolean
  steps: StepReport[]
  /** Steps that were not run because the server could not be reached. */
  skipped: number
  requests: number
  ms: number
}

export interface ScenarioOptions {
  /** Put into every e-mail address and group name, so that a scenario can run again at the same server. */
  tag?: string | undefined
  /** The name of the app in the directory. Default `Claviger`. */
  app?: string | undefined
  onStep?: (step: StepReport) => void
}

/** Runs a scenario against a server, step by step, and compares what comes with what the file expects. */
export async function runScenario(scenario: Scenario, connection: Connection, options: ScenarioOptions = {}): Promise<ScenarioReport> {
  const began = performance.now()
  const run = new Run(options.tag === undefined ? scenario : taggedScenario(scenario, options.tag), connection, options.app)
  const steps: StepReport[] = []
  let reachable = await run.begin()
  for (const [index, step] of scenario.steps.entries()) {
    if (!reachable) break
    const report = await run.step(run.scenario.steps[index] ?? step, index + 1)
    steps.push(report)
    options.onStep?.(report)
    reachable = !report.outcomes.some((outcome) => outcome.failure?.kind === 'unreachable')
  }
  const requests = run.end()
  const skipped = scenario.steps.length - steps.length
  const ok = reachable && steps.every((step) => step.ok)
  return { scenario: scenario.name, directory: scenario.directory, ok, reachable, steps, skipped, requests, ms: performance.now() - began }
}

/** The scenario with a tag in each e-mail address (`ada+tag@…`) and group name. */
export function taggedScenario(scenario: Scenario, tag: string): Scenario {
  const address = (text: string) => (text.includes('@') ? text.replace('@', `+${tag}@`) : `${text}-${tag}`)
  const tagged = structuredClone(scenario)
  for (const person of Object.values(tagged.people)) {
    person.userName = address(person.userName)
    if (person.email !== undefined) person.email = address(person.email)
    if (person.manager !== undefined) person.manager = address(person.manager)
    if (person.externalId !== undefined) person.externalId = `${person.externalId}-${tag}`
  }
  for (const group of Object.values(tagged.groups)) group.name = `${group.name} ${tag}`
  if (tagged.options.testEmail !== undefined) tagged.options.testEmail = address(tagged.options.testEmail)
  for (const step of tagged.steps) {
    if (step.do === 'rename-group') step.to = `${step.to} ${tag}`
    if (step.do !== 'update') continue
    for (const [name, value] of Object.entries(step.set)) {
      const field = fieldNamed(name)
      if (value !== null && (field === 'userName' || field === 'email' || field === 'manager')) step.set[name] = address(value)
    }
  }
  return tagged
}

class Run implements CurrentNames {
  readonly scenario: Scenario
  readonly #directory: Directory
  readonly #state: ServerState

  constructor(scenario: Scenario, connection: Connection, app: string | undefined) {
    this.scenario = structuredClone(scenario)
    this.#directory = connectDirectory(directoryChoice(scenario.directory, { ...scenario.options, app }), connection)
    this.#state = new ServerState(connection)
  }

  async begin(): Promise<boolean> {
    try {
      await this.#state.begin()
    } catch (error) {
      if (!(error instanceof OperationFailed)) throw error
      return error.failure.kind !== 'unreachable'
    }
    return true
  }

  end(): number {
    const requests = this.#directory.requests()
    this.#directory.close()
    this.#state.close()
    return requests
  }

  userName = (key: string): string => this.scenario.people[key]?.userName ?? key
  groupName = (key: string): string => this.scenario.groups[key]?.name ?? key

  async step(step: ScenarioStep, number: number): Promise<StepReport> {
    const outcomes = await this.#act(step)
    const problems = outcomes.flatMap((outcome) => outcomeProblems(outcome, step.expect))
    problems.push(...(await this.#state.problems(this.#filledExpectation(step.expect), this)))
    return { number, do: step.do, note: step.note ?? null, ok: problems.length === 0, problems, outcomes }
  }

  async #act(step: ScenarioStep): Promise<Outcome[]> {
    const directory = this.#directory
    switch (step.do) {
      case 'test':
        return [await directory.test()]
      case 'import':
        return [await directory.import()]
      case 'assign':
        return this.#each(step.who, (_, key) => directory.assign(this.scenario.people[key] ?? { userName: key }))
      case 'update':
        return [await this.#update(step.who, step.set)]
      case 'deactivate':
        return this.#each(step.who, (userName) => directory.deactivate(userName))
      case 'reactivate':
        return this.#each(step.who, (userName) => directory.reactivate(userName))
      case 'delete':
        return this.#each(step.who, (userName) => directory.delete(userName))
      case 'push-group': {
        const group = this.scenario.groups[step.group]
        return [await directory.pushGroup({ name: this.groupName(step.group), members: (group?.members ?? []).map(this.userName) })]
      }
      case 'rename-group':
        return [await this.#renameGroup(step.group, step.to)]
      case 'add-members':
      case 'remove-members': {
        const name = this.groupName(step.group)
        const members = step.who.map(this.userName)
        const act = (some: string[]) => (step.do === 'add-members' ? directory.addMembers(name, some) : directory.removeMembers(name, some))
        return step.oneByOne === true ? this.#each(step.who, (userName) => act([userName])) : [await act(members)]
      }
      case 'unpush-group':
        return [await directory.unpushGroup(this.groupName(step.group))]
      case 'send':
        return [await directory.send(step.method, this.#filled(step.path, encodeURIComponent), this.#filledBody(step.body))]
    }
  }

  #filledExpectation(expected: Expectation): Expectation {
    if (expected.users === undefined) return expected
    const filled = structuredClone(expected)
    for (const { has } of Object.values(filled.users ?? {})) {
      for (const [path, value] of Object.entries(has ?? {})) if (has !== undefined && value !== null) has[path] = this.#filled(value)
    }
    return filled
  }

  async #each(keys: readonly string[], act: (userName: string, key: string) => Promise<Outcome>): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const key of keys) outcomes.push(await act(this.userName(key), key))
    return outcomes
  }

  async #update(key: string, set: Record<string, string | null>): Promise<Outcome> {
    const changes: PersonChanges = {}
    for (const [name, value] of Object.entries(set)) {
      const field = fieldNamed(name)
      if (field !== null) changes[field] = value
    }
    const outcome = await this.#directory.update(this.userName(key), changes)
    const person = this.scenario.people[key]
    if (outcome.ok && person !== undefined) this.scenario.people[key] = changedPerson(person, changes)
    return outcome
  }

  async #renameGroup(key: string, to: string): Promise<Outcome> {
    const outcome = await this.#directory.renameGroup(this.groupName(key), to)
    const group = this.scenario.groups[key]
    if (outcome.ok && group !== undefined) group.name = to
    return outcome
  }

  // {user:ada} and {group:ops} become the server's ids; {userName:ada}, {externalId:ada} and {groupName:ops} what they say.
  #filled(text: string, written = (value: string) => value): string {
    return text.replace(/\{(user|group|userName|externalId|groupName):([^}]+)\}/g, (all, kind: string, key: string) => {
      if (kind === 'userName') return written(this.userName(key))
      if (kind === 'externalId') return written(this.scenario.people[key]?.externalId ?? all)
      if (kind === 'groupName') return written(this.groupName(key))
      const id = kind === 'user' ? this.#directory.idOf('user', this.userName(key)) : this.#directory.idOf('group', this.groupName(key))
      return id === null ? all : written(id)
    })
  }

  #filledBody(value: unknown): unknown {
    if (typeof value === 'string') return this.#filled(value)
    if (Array.isArray(value)) return value.map((element) => this.#filledBody(element))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, this.#filledBody(element)]))
  }
}

function outcomeProblems(outcome: Outcome, expected: Expectation): string[] {
  const problems: string[] = []
  const last = outcome.exchanges.at(-1)
  const wanted = expected.result === 'accepted'
  const failure = outcome.failure
  if (wanted !== outcome.ok)
    problems.push(wanted ? `It should have worked: ${outcome.seen}` : 'It should have been refused, and it worked.')
  else if (failure !== null && failure.kind !== 'refused') problems.push(`It should have been refused by the server: ${outcome.seen}`)
  if (expected.status !== undefined && last?.status !== expected.status)
    problems.push(`The status is ${last?.status ?? 'none'}; expected ${expected.status}.`)
  if (expected.scimType !== undefined && failure?.scimType !== expected.scimType)
    problems.push(`scimType is ${failure?.scimType ?? 'none'}; expected ${expected.scimType}.`)
  if (expected.mentions !== undefined && !outcome.seen.toLowerCase().includes(expected.mentions.toLowerCase()))
    problems.push(`"${outcome.seen}" should mention "${expected.mentions}".`)
  if (expected.contains !== undefined && !(last?.responseBody ?? '').includes(expected.contains))
    problems.push(`The answer should contain ${expected.contains}.`)
  if (expected.total !== undefined) {
    const total = totalIn(last?.responseBody ?? '')
    if (total !== expected.total) problems.push(`totalResults is ${total ?? 'missing'}; expected ${expected.total}.`)
  }
  return problems
}

function totalIn(body: string): number | null {
  try {
    return z.object({ totalResults: z.number() }).parse(JSON.parse(body)).totalResults
  } catch {
    return null
  }
}
