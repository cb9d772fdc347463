import { type AppSettings, connectDirectory, directoryChoice } from '@claviger/directory-simulator/connect.ts'
import { DIRECTORY_KINDS, type Directory, type DirectoryKind, type Outcome } from '@claviger/directory-simulator/directory.ts'
import type { Connection } from '@claviger/directory-simulator/http.ts'
import { fieldSet, type Person, type PersonChanges, personNamed } from '@claviger/directory-simulator/person.ts'
import { outcomeJson, outcomeText, scenarioJson, stepText, summaryText, transcriptText } from '@claviger/directory-simulator/report.ts'
import { type Scenario, ScenarioError } from '@claviger/directory-simulator/scenario.ts'
import { openScenario } from '@claviger/directory-simulator/scenario-files.ts'
import { runScenario } from '@claviger/directory-simulator/scenario-run.ts'
import { type Command, Option } from 'commander'
import { EXIT_FAILED, EXIT_OK, EXIT_UNREACHABLE, EXIT_USAGE } from './exit.ts'

/** Where a command reads and writes. */
export interface DirectoryIo {
  out(line: string): void
  err(line: string): void
  stdin(): Promise<string>
  exit(code: number): void
}

/** The options that every verb has, as commander gives them. */
export interface DirectoryOptions extends AppSettings {
  url: string
  token?: string
  tokenStdin?: boolean
  bareToken?: boolean
  wait: boolean
  json?: boolean
  transcript?: boolean
}

interface PersonOptions {
  first?: string
  last?: string
  title?: string
  department?: string
  email?: string
  externalId?: string
}

const DIRECTORIES: Readonly<Record<DirectoryKind, string>> = {
  okta: 'Okta',
  entra: 'Entra ID',
  onelogin: 'OneLogin',
  jumpcloud: 'JumpCloud',
  authentik: 'authentik',
}

const PROCESS_IO: DirectoryIo = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  stdin: async () => {
    let text = ''
    for await (const chunk of process.stdin.setEncoding('utf8')) text += String(chunk)
    return text
  },
  exit: (code) => {
    process.exitCode = code
  },
}

/** Adds `okta`, `entra`, `onelogin`, `jumpcloud` and `authentik`, each with its verbs. Sets the exit code rather than exiting. */
export function addDirectoryCommands(program: Command, io: DirectoryIo = PROCESS_IO): void {
  for (const kind of DIRECTORY_KINDS) {
    const name = DIRECTORIES[kind]
    const command = program
      .command(kind)
      .description(`speak SCIM to a server exactly as ${name} does, and say what its administrator would see`)
    new DirectoryCommands(kind, command, io).add()
  }
}

type Act = (directory: Directory) => Promise<Outcome[]>

class DirectoryCommands {
  readonly #kind: DirectoryKind
  readonly #command: Command
  readonly #io: DirectoryIo

  constructor(kind: DirectoryKind, command: Command, io: DirectoryIo) {
    this.#kind = kind
    this.#command = command
    this.#io = io
  }

  add(): void {
    this.#verb('test', 'test the connection').action((_options, command: Command) =>
      this.#act(command, async (directory) => [await directory.test()]),
    )
    this.#verb('import', 'read all users and groups back').action((_options, command: Command) =>
      this.#act(command, async (directory) => [await directory.import()]),
    )
    this.#addPeople()
    this.#addGroups()
    this.#verb('run', 'run a scenario: a file, or the name of one that comes with the simulator')
      .argument('<file>')
      .option('--tag <tag>', 'put this into every e-mail address and group name, to run again at the same server')
      .action((file: string, options: DirectoryOptions & { tag?: string }, command: Command) => this.#run(file, options, command))
  }

  #addPeople(): void {
    this.#verb('assign', 'assign people to the app')
      .argument('<email...>')
      .option('--first <name>', 'first name (of one person)')
      .option('--last <name>', 'last name (of one person)')
      .option('--title <title>')
      .option('--department <department>')
      .option('--email <address>', 'primary e-mail address, where it is not the userName (of one person)')
      .option('--external-id <id>', "the directory's own id (of one person)")
      .action((emails: string[], options: PersonOptions, command: Command) => {
        if (emails.length > 1 && [options.first, options.last, options.email, options.externalId].some((value) => value !== undefined))
          usage(command, '--first, --last, --email and --external-id are for one person: assign people one by one.')
        return this.#act(command, (directory) => each(emails, (email) => directory.assign(personFrom(email, options))))
      })
    this.#verb('update', 'change attributes of a person')
      .argument('<email>')
      .option('--set <attribute=value>', 'such as name.givenName=Kay, userName=new@example.com, title= (repeatable)', collected, [])
      .action((email: string, options: { set: string[] }, command: Command) => {
        const changes = changesFrom(options.set, command)
        return this.#act(command, async (directory) => [await directory.update(email, changes)])
      })
    this.#people('deactivate', 'unassign people: their accounts are deactivated', (directory, email) => directory.deactivate(email))
    this.#people('reactivate', 'assign people again', (directory, email) => directory.reactivate(email))
    if (this.#kind !== 'okta' && this.#kind !== 'jumpcloud')
      this.#people('delete', 'delete people for good', (directory, email) => directory.delete(email))
  }

  #addGroups(): void {
    const push = this.#verb('push-group', 'push a group, with the members that are named').argument('<name>')
    push.option('--member <email>', 'a member (repeatable, or with commas)', collectedList, [])
    if (this.#kind === 'okta')
      push.option('--push-members', 'push the members at once (the default)').option('--no-push-members', 'push the group alone')
    push.action((name: string, options: { member: string[] }, command: Command) =>
      this.#act(command, async (directory) => [await directory.pushGroup({ name, members: options.member })]),
    )
    this.#verb('rename-group', 'rename a pushed group')
      .argument('<name>')
      .argument('<new-name>')
      .action((name: string, newName: string, _options, command: Command) =>
        this.#act(command, async (directory) => [await directory.renameGroup(name, newName)]),
      )
    this.#members('add-member', 'add members to a pushed group', (directory, name, emails) => directory.addMembers(name, emails))
    this.#members('remove-member', 'remove members from a pushed group', (directory, name, emails) => directory.removeMembers(name, emails))
    this.#verb('unpush-group', 'delete a pushed group at the server')
      .argument('<name>')
      .action((name: string, _options, command: Command) => this.#act(command, async (directory) => [await directory.unpushGroup(name)]))
  }

  #people(verb: string, description: string, act: (directory: Directory, email: string) => Promise<Outcome>): void {
    this.#verb(verb, description)
      .argument('<email...>')
      .action((emails: string[], _options, command: Command) =>
        this.#act(command, (directory) => each(emails, (email) => act(directory, email))),
      )
  }

  #members(verb: string, description: string, act: (directory: Directory, name: string, emails: string[]) => Promise<Outcome>): void {
    this.#verb(verb, description)
      .argument('<name>')
      .argument('<email...>')
      .action((name: string, emails: string[], _options, command: Command) =>
        this.#act(command, async (directory) => [await act(directory, name, emails)]),
      )
  }

  #verb(name: string, description: string): Command {
    const verb = this.#command
      .command(name)
      .description(description)
      .requiredOption('--url <base-url>', 'the base URL of the provisioning method')
      .option('--token <token>', 'the provisioning token (others on this machine can see it while the command runs)')
      .option('--token-stdin', 'read the token from standard input')
      .option('--bare-token', 'send the token without "Bearer"')
      .option('--no-wait', 'give up where the directory would wait and try again')
      .option('--app <name>', "the app's name in the directory", 'Claviger')
      .option('--json', 'write the result as JSON')
      .option('--transcript', 'show every request and answer')
    if (this.#kind === 'okta')
      verb.addOption(new Option('--flavour <flavour>', 'the kind of app').choices(['custom', 'catalogue']).default('custom'))
    if (this.#kind === 'entra') {
      verb.addOption(new Option('--flavour <flavour>', 'with or without aadOptscim062020').choices(['compliant', 'classic']))
      verb.addOption(
        new Option('--matching <attribute>', 'what users are matched by').choices(['userName', 'externalId', 'email']).default('userName'),
      )
    }
    if (this.#kind === 'jumpcloud') verb.option('--test-email <address>', 'the test user of an activation')
    return verb
  }

  async #act(command: Command, act: Act): Promise<void> {
    const options = command.opts<DirectoryOptions>()
    const directory = connectDirectory(directoryChoice(this.#kind, options), await this.#connection(options, command))
    try {
      this.#show(await act(directory), options)
    } finally {
      directory.close()
    }
  }

  async #run(file: string, options: DirectoryOptions & { tag?: string }, command: Command): Promise<void> {
    const scenario = scenarioFrom(file, command)
    if (scenario.directory !== this.#kind)
      usage(command, `${file} is a scenario for ${scenario.directory}: run it with "${scenario.directory} run".`)
    const { json = false, transcript = false, app, tag } = options
    const report = await runScenario(scenario, await this.#connection(options, command), {
      app,
      tag,
      onStep: (step) => {
        if (json) return
        if (transcript) for (const outcome of step.outcomes) this.#io.out(`${transcriptText(outcome.exchanges)}\n`)
        this.#io.out(stepText(step))
      },
    })
    this.#io.out(json ? JSON.stringify(scenarioJson(report, transcript), null, 2) : summaryText(report))
    this.#io.exit(!report.reachable ? EXIT_UNREACHABLE : report.ok ? EXIT_OK : EXIT_FAILED)
  }

  #show(outcomes: Outcome[], options: DirectoryOptions): void {
    if (options.json === true)
      this.#io.out(
        JSON.stringify(
          outcomes.map((outcome) => outcomeJson(outcome, options.transcript === true)),
          null,
          2,
        ),
      )
    else
      for (const outcome of outcomes) {
        if (options.transcript === true && outcome.exchanges.length > 0) this.#io.out(`${transcriptText(outcome.exchanges)}\n`)
        this.#io.out(outcomeText(outcome))
      }
    const unreachable = outcomes.some((outcome) => outcome.failure?.kind === 'unreachable')
    this.#io.exit(unreachable ? EXIT_UNREACHABLE : outcomes.every((outcome) => outcome.ok) ? EXIT_OK : EXIT_FAILED)
  }

  async #connection(options: DirectoryOptions, command: Command): Promise<Connection> {
    const token = options.tokenStdin === true ? (await this.#io.stdin()).trim() : (options.token ?? '')
    if (token === '') usage(command, 'Give the provisioning token with --token, or on standard input with --token-stdin.')
    if (!/^https?:\/\//i.test(options.url))
      usage(command, `"${options.url}" is not a web address. Copy the whole URL of the provisioning method, from https:// on.`)
    return {
      baseUrl: options.url,
      token,
      waits: options.wait,
      onWait: (words) => this.#io.err(words),
      ...(options.bareToken === true && { bareToken: true }),
    }
  }
}

function personFrom(userName: string, options: PersonOptions): Person {
  const named = personNamed(userName)
  return {
    userName,
    givenName: options.first ?? named.givenName,
    familyName: options.last ?? named.familyName,
    title: options.title,
    department: options.department,
    email: options.email,
    externalId: options.externalId,
  }
}

function changesFrom(settings: readonly string[], command: Command): PersonChanges {
  if (settings.length === 0) usage(command, 'Say what to change, such as --set name.givenName=Kay.')
  const changes: PersonChanges = {}
  for (const setting of settings) {
    const set = fieldSet(setting)
    if (set === null)
      return usage(command, `"${setting}" is not ATTRIBUTE=VALUE with an attribute such as name.givenName, userName or title.`)
    changes[set.field] = set.value
  }
  return changes
}

async function each(emails: readonly string[], act: (email: string) => Promise<Outcome>): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const email of emails) {
    outcomes.push(await act(email))
    if (outcomes.at(-1)?.failure?.kind === 'unreachable') break
  }
  return outcomes
}

function scenarioFrom(file: string, command: Command): Scenario {
  try {
    return openScenario(file)
  } catch (error) {
    if (error instanceof ScenarioError) return usage(command, `${file} cannot be used:\n  ${error.problems.join('\n  ')}`)
    throw error
  }
}

function collected(value: string, before: string[]): string[] {
  return [...before, value]
}

function collectedList(value: string, before: string[]): string[] {
  return [
    ...before,
    ...value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ]
}

function usage(command: Command, text: string): never {
  return command.error(`error: ${text}`, { exitCode: EXIT_USAGE, code: 'claviger.usage' })
}
