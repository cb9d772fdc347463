import { call } from '@claviger/client/api/call.ts'
import { enrolAutomator } from '@claviger/client/automator/enrol.ts'
import { removeAutomator } from '@claviger/client/automator/remove.ts'
import { listAutomators } from '@claviger/contract/api/automators.ts'
import { NodeId } from '@claviger/contract/ids.ts'
import { AutomatorRight, type AutomatorScope } from '@claviger/contract/log/statement.ts'
import { AppError } from '@claviger/server/errors.ts'
import { type Command, Option } from 'commander'
import { fileAutomatorStore, hasAutomator } from './automator-profile.ts'
import { addAutomatorRunCommand } from './automator-run.ts'
import { say, Table, timeJson, timeText, writeJson } from './output.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'
import { makePrivateFolder } from './private-file.ts'
import { addProofOptions, openProven, type ProofOptions } from './prove.ts'

interface EnrolOptions extends ProofOptions {
  to: string
  name: string
  rights?: string
  node?: string[]
  domain?: string[]
  verifiedOnly?: boolean
  everyone?: boolean
}

/** Who is to admit nobody without a certificate has no use for the right to give one. */
const RIGHTS = 'certify,teams,memberships'
const RIGHTS_AMONG_VERIFIED = 'teams,memberships'

/** Adds `automator enrol|list|remove`, and `automator run` of automator-run.ts. */
export function addAutomatorCommands(program: Command): void {
  const automator = program.command('automator').description('approvals without anybody at a screen')
  addProofOptions(automator.command('enrol'))
    .description('make an automator: its keys, and its rights in the enterprise log')
    .requiredOption('--to <dir>', 'a new folder for its keys and token')
    .requiredOption('--name <name>', 'what it is called where approvals are listed')
    .option('--rights <rights>', `of certify, teams, memberships, devices (${RIGHTS}; with --verified-only ${RIGHTS_AMONG_VERIFIED})`)
    .option('--node <id...>', 'only in these nodes and under them, not in all')
    .option('--domain <domain...>', 'certify only people with an address in these domains')
    .addOption(new Option('--everyone', 'certify and admit whoever registers (the default)').conflicts('verifiedOnly'))
    .option('--verified-only', 'certify nobody, and admit only people who are certified already')
    .action(enrol)
  addAutomatorRunCommand(automator)
  addPersonOptions(automator.command('list')).description('the automators of the enterprise').action(list)
  addProofOptions(automator.command('remove'))
    .description('end an automator; the approver key it held is renewed')
    .argument('<name>', 'name or id')
    .action(remove)
}

async function enrol({ to, name, domain, ...options }: EnrolOptions) {
  if (hasAutomator(to)) throw new AppError('conflict', `${to} holds an automator already: choose another --to folder.`)
  const scope = scopeOf(options)
  const domains = (domain ?? []).map(readDomain)
  const account = await openProven(options)
  // The keys are nowhere else once the log names them: what would keep them out of the folder must show before.
  makePrivateFolder(to)
  const profile = await enrolAutomator(account, { name, scope, domains })
  await fileAutomatorStore(to).save(profile)
  if (options.json) return writeJson({ automatorId: profile.automatorId, name, folder: to, scope })
  await say(
    `Enrolled the automator ${name}. Its keys are in ${to}, and nowhere else.`,
    `Start it: claviger automator run --profile ${to}`,
    ...(scope.rights.includes('certify')
      ? ['It certifies people on first sight, with the keys that the server gives out for them: --verified-only leaves that to people.']
      : []),
    'Whoever has that folder can admit people to teams, and open them: keep it as you keep a private key.',
  )
}

function scopeOf({ rights, node, verifiedOnly = false }: Pick<EnrolOptions, 'rights' | 'node' | 'verifiedOnly'>): AutomatorScope {
  const given = [...new Set((rights ?? (verifiedOnly ? RIGHTS_AMONG_VERIFIED : RIGHTS)).split(',').map(readRight))]
  if (verifiedOnly && given.includes('certify')) {
    throw new AppError('invalid_value', 'With --verified-only it certifies nobody: leave certify out of --rights, or --verified-only away.')
  }
  return { rights: given, nodes: node === undefined ? null : node.map(readNode), verifiedPeopleOnly: verifiedOnly }
}

async function list(options: PersonOptions) {
  const { connection } = await openPerson(options)
  const { automators } = await call(connection, listAutomators, {})
  if (options.json)
    return writeJson(automators.map((one) => ({ ...one, createdAt: timeJson(one.createdAt), seenAt: timeJson(one.seenAt) })))
  const table = new Table('AUTOMATOR', 'RIGHTS', 'NODES', 'LAST SEEN')
  await table.write(
    automators.map(({ name, scope, seenAt }) => ({
      cells: [
        name,
        scope?.rights.join(', '),
        scope?.nodes === null ? 'all' : (scope?.nodes.length ?? ''),
        seenAt === null ? 'never' : timeText(seenAt),
      ],
    })),
  )
  await table.end('There are no automators: claviger automator enrol')
}

async function remove(name: string, options: ProofOptions) {
  const account = await openProven(options)
  const { automators } = await call(account.connection, listAutomators, {})
  const found = automators.filter((one) => one.automatorId === name || one.name.toLowerCase() === name.trim().toLowerCase())
  const [automator] = found
  if (!automator) throw new AppError('not_found', `There is no automator ${name}: \`claviger automator list\` shows them.`)
  if (found.length > 1)
    throw new AppError(
      'invalid_value',
      `${found.length} automators are called ${name}: give the id of one, ${found.map(({ automatorId }) => automatorId).join(' or ')}.`,
    )
  await removeAutomator(account, automator.automatorId)
  const approverKeyRenewed = !account.state.approverKeyDue
  if (options.json) return writeJson({ automatorId: automator.automatorId, name: automator.name })
  await say(
    `The automator ${automator.name} is removed: its token is dead.`,
    approverKeyRenewed
      ? 'The approver key is renewed. Every team gets a key that the automator never had, with the next approvals.'
      : 'The approver key must be renewed by a full administrator: `claviger approve --all`. Until then no team can be approved.',
  )
}

function readRight(text: string): AutomatorRight {
  const read = AutomatorRight.safeParse(text.trim())
  if (read.success) return read.data
  throw new AppError('invalid_value', `${text} is no right of an automator: choose of ${AutomatorRight.options.join(', ')}.`)
}

function readDomain(text: string): string {
  const domain = text.trim().toLowerCase().replace(/^@/, '')
  if (domain !== '' && !/[@\s,/*]/.test(domain)) return domain
  throw new AppError('invalid_value', `${text} is no domain of e-mail addresses: give it as example.com, each as a word of its own.`)
}

function readNode(text: string): NodeId {
  const read = NodeId.safeParse(text.trim())
  if (read.success) return read.data
  throw new AppError('invalid_value', `${text} is no id of a node: \`claviger node list\` shows them.`)
}
