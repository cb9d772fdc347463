import { z } from 'zod'
import { DIRECTORY_KINDS } from './directory.ts'
import { fieldNamed, PERSON_FIELDS } from './person.ts'

/** A scenario file that cannot be used. `problems` says which step, and what to change. */
export class ScenarioError extends Error {
  override name = 'ScenarioError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

const Key = z.string().min(1)
const Who = z.union([Key, z.array(Key).min(1)]).transform((who) => (typeof who === 'string' ? [who] : who))
const Text = z.string().optional()

const PersonShape = z.strictObject({
  userName: z.string().min(1),
  givenName: Text,
  familyName: Text,
  displayName: Text,
  email: Text,
  title: Text,
  department: Text,
  employeeNumber: Text,
  manager: Text,
  locale: Text,
  externalId: Text,
})

const UserState = z.strictObject({
  present: z.boolean().optional(),
  active: z.boolean().optional(),
  /** Any path of the resource, such as `name.givenName`, with the text it must hold. */
  has: z.record(z.string(), z.string().nullable()).optional(),
})
const GroupState = z.strictObject({
  present: z.boolean().optional(),
  members: z.array(Key).optional(),
})
const ExpectationShape = z.strictObject({
  result: z.enum(['accepted', 'refused']).default('accepted'),
  status: z.number().int().optional(),
  scimType: z.string().optional(),
  /** Text that the administrator must see, without regard to case. */
  mentions: z.string().optional(),
  /** Text that the last answer's body must contain. */
  contains: z.string().optional(),
  /** totalResults of the answer to `send`. */
  total: z.number().int().min(0).optional(),
  /** More users and groups than before the first step. */
  newUsers: z.number().int().optional(),
  newGroups: z.number().int().optional(),
  users: z.record(Key, UserState).optional(),
  groups: z.record(Key, GroupState).optional(),
})
const Expect = z
  .union([z.enum(['accepted', 'refused']).transform((result) => ({ result })), ExpectationShape])
  .optional()
  .transform((expect) => expect ?? { result: 'accepted' as const })

const common = { expect: Expect, note: z.string().optional() }
const Step = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('test'), ...common }),
  z.strictObject({ do: z.literal('import'), ...common }),
  z.strictObject({ do: z.literal('assign'), who: Who, ...common }),
  z.strictObject({ do: z.literal('update'), who: Key, set: z.record(z.string(), z.string().nullable()), ...common }),
  z.strictObject({ do: z.literal('deactivate'), who: Who, ...common }),
  z.strictObject({ do: z.literal('reactivate'), who: Who, ...common }),
  z.strictObject({ do: z.literal('delete'), who: Who, ...common }),
  z.strictObject({ do: z.literal('push-group'), group: Key, ...common }),
  z.strictObject({ do: z.literal('rename-group'), group: Key, to: z.string().min(1), ...common }),
  z.strictObject({ do: z.literal('add-members'), group: Key, who: Who, oneByOne: z.boolean().optional(), ...common }),
  z.strictObject({ do: z.literal('remove-members'), group: Key, who: Who, oneByOne: z.boolean().optional(), ...common }),
  z.strictObject({ do: z.literal('unpush-group'), group: Key, ...common }),
  z.strictObject({
    do: z.literal('send'),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    path: z.string().min(1),
    body: z.unknown().optional(),
    ...common,
  }),
])

const ScenarioShape = z.strictObject({
  name: z.string().min(1),
  directory: z.enum(DIRECTORY_KINDS),
  options: z
    .strictObject({
      flavour: z.enum(['custom', 'catalogue', 'compliant', 'classic']).optional(),
      matching: z.enum(['userName', 'externalId', 'email']).optional(),
      membersPerRequest: z.number().int().min(1).optional(),
      testEmail: z.string().optional(),
    })
    .default({}),
  people: z.record(Key, PersonShape).default({}),
  groups: z.record(Key, z.strictObject({ name: z.string().min(1), members: z.array(Key).default([]) })).default({}),
  steps: z.array(Step).min(1),
})

export type Scenario = z.infer<typeof ScenarioShape>
export type ScenarioStep = Scenario['steps'][number]
export type Expectation = z.infer<typeof ExpectationShape>

/** Reads a scenario file's text. Throws ScenarioError, and nothing else, when it cannot be used. */
export function parseScenario(text: string): Scenario {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new ScenarioError([`The file is not JSON: ${error instanceof Error ? error.message : 'unreadable'}.`])
  }
  const read = ScenarioShape.safeParse(json)
  if (!read.success) throw new ScenarioError(read.error.issues.map((issue) => issueWords(issue, json)))
  const problems = [...flavourProblems(read.data), ...referenceProblems(read.data)]
  if (problems.length > 0) throw new ScenarioError(problems)
  return read.data
}

function issueWords(issue: z.core.$ZodIssue, json: unknown): string {
  const [top, index, ...rest] = issue.path
  if (top !== 'steps' || typeof index !== 'number') return `${issue.path.join('.') || 'The file'}: ${issue.message}.`
  const where = rest.length > 0 ? `, ${rest.join('.')}` : ''
  const verb = verbOf(json, index)
  const unknownVerb = issue.code === 'invalid_union' && rest[0] === 'do'
  const message = unknownVerb ? `there is no such verb; take one of ${VERBS.join(', ')}` : issue.message
  return `Step ${index + 1}${verb === null ? '' : ` (${verb})`}${where}: ${message}.`
}

const VERBS = Step.options.map((option) => option.shape.do.value)

function verbOf(json: unknown, index: number): string | null {
  const steps = z.object({ steps: z.array(z.unknown()) }).safeParse(json)
  const step = z.object({ do: z.string() }).safeParse(steps.data?.steps[index])
  return step.success ? step.data.do : null
}

function flavourProblems({ directory, options }: Scenario): string[] {
  const flavours: Record<string, readonly string[]> = { okta: ['custom', 'catalogue'], entra: ['compliant', 'classic'] }
  if (options.flavour === undefined || flavours[directory]?.includes(options.flavour)) return []
  const offered = flavours[directory]?.join(' or ')
  return [`options.flavour: ${directory} has no flavour "${options.flavour}"; ${offered ? `take ${offered}` : 'leave it out'}.`]
}

function referenceProblems(scenario: Scenario): string[] {
  const { people, groups, steps } = scenario
  const problems: string[] = []
  const person = (where: string, key: string) => {
    if (!Object.hasOwn(people, key))
      problems.push(`${where}: there is no "${key}" under people; add it there or take one of ${listed(people)}.`)
  }
  const group = (where: string, key: string) => {
    if (!Object.hasOwn(groups, key))
      problems.push(`${where}: there is no "${key}" under groups; add it there or take one of ${listed(groups)}.`)
  }
  for (const [key, { members }] of Object.entries(groups)) for (const member of members) person(`groups.${key}.members`, member)
  steps.forEach((step, index) => {
    const where = `Step ${index + 1} (${step.do})`
    if ('who' in step) for (const key of typeof step.who === 'string' ? [step.who] : step.who) person(where, key)
    if ('group' in step) group(where, step.group)
    if ('set' in step)
      for (const name of Object.keys(step.set))
        if (fieldNamed(name) === null) problems.push(`${where}: "${name}" is no attribute to set; take one of ${PERSON_FIELDS.join(', ')}.`)
    const expect: Expectation = step.expect
    for (const key of Object.keys(expect.users ?? {})) person(`${where}, expect.users`, key)
    for (const [key, state] of Object.entries(expect.groups ?? {})) {
      group(`${where}, expect.groups`, key)
      for (const member of state.members ?? []) person(`${where}, expect.groups.${key}.members`, member)
    }
  })
  return problems
}

function listed(things: Record<string, unknown>): string {
  return Object.keys(things).join(', ') || '(none yet)'
}
