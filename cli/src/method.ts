import {
  addMethod,
  findMethod,
  type Method,
  methodBaseUrl,
  saveMethod,
  setEmailPolicy,
  setPaused,
} from '@claviger/server/provisioning/methods.ts'
import type { EmailPolicy, Millis, Trx } from '@claviger/server/storage/database.ts'
import { write } from '@claviger/server/storage/write.ts'
import { type Command, Option } from 'commander'
import { addMethodHeldCommands } from './method-held.ts'
import { addMethodListCommand } from './method-list.ts'
import { addMethodResumeCommand } from './method-resume.ts'
import { addMethodSafetyCommand } from './method-safety.ts'
import { addMethodTokenCommands, expiresOption, expiryOf } from './method-token.ts'
import { say, timeText, writeJson } from './output.ts'
import { ACTOR, addLinkOptions, type OpenStore, type StoreOptions, withStore } from './store.ts'

/** Adds `method` and what can be done with a provisioning method. */
export function addMethodCommands(program: Command): void {
  const method = program.command('method').description('what connects a node to a directory')
  addLinkOptions(method.command('add'))
    .description('add a SCIM method to a node, with its first provisioning token')
    .requiredOption('--node <id>', 'the node that the directory provisions')
    .option('--draft', 'do not save it: the directory is refused until `method save`')
    .addOption(expiresOption())
    .action(add)
  const act = (verb: string, description: string) =>
    addLinkOptions(method.command(verb)).description(description).argument('<method>', 'the id of the method')
  act('save', 'save a draft: from now on the directory is answered').action((id: string, options: StoreOptions) =>
    change(id, options, 'saved', (trx, at) => saveMethod(trx, id, ACTOR, at)),
  )
  act('pause', 'answer the directory no more: nothing of it is applied').action((id: string, options: StoreOptions) =>
    change(id, options, 'paused', (trx, at) => setPaused(trx, id, true, ACTOR, at)),
  )
  act('set', 'change a setting of the method')
    .addOption(
      new Option('--email-policy <policy>', 'where the primary e-mail differs from userName: accept and flag the user, or refuse')
        .choices(['warn', 'refuse'])
        .makeOptionMandatory(),
    )
    .action((id: string, { emailPolicy, ...options }: StoreOptions & { emailPolicy: EmailPolicy }) =>
      change(id, options, `set to ${emailPolicy}`, (trx, at) => setEmailPolicy(trx, id, emailPolicy, ACTOR, at)),
    )
  addMethodTokenCommands(method)
  addMethodListCommand(method)
  addMethodResumeCommand(method)
  addMethodSafetyCommand(method)
  addMethodHeldCommands(method)
}

interface AddOptions extends StoreOptions {
  node: string
  draft?: boolean
  expires?: number
}

async function add({ node, draft = false, expires, ...options }: AddOptions) {
  const { expiresAt, ...added } = await withStore(options, (store) => addToNode(store, { nodeId: node, draft, days: expires }))
  if (options.json) return writeJson(added)
  await say(
    `Added a SCIM method${draft ? ' as a draft' : ''}: ${added.methodId}`,
    '',
    `Base URL:  ${added.baseUrl}`,
    `Token:     ${added.token}`,
    '',
    'The token is shown this one time: paste it into the directory now.',
    ...(expiresAt === null ? [] : [`It expires at ${timeText(expiresAt)}: rotate it before.`]),
    draft
      ? `The directory is refused until you save the method: claviger method save ${added.methodId}`
      : `Try it: claviger okta test --url ${added.baseUrl} --token TOKEN`,
  )
}

/**
 * Adds a method to a node of an open store.
 * @param wanted `days`: after how many the token expires; never where undefined
 * @throws AppError as addMethod does
 */
export async function addToNode(
  { db, config, at }: OpenStore,
  wanted: { nodeId: string; draft: boolean; days?: number | undefined },
): Promise<{ methodId: string; nodeId: string; baseUrl: string; token: string; expiresAt: Millis | null }> {
  const expiresAt = expiryOf(wanted.days, at)
  const { method, token } = await write(db, async (trx) => {
    const added = await addMethod(trx, wanted.nodeId, ACTOR, at, expiresAt)
    if (!wanted.draft) await saveMethod(trx, added.method.id, ACTOR, at)
    return added
  })
  return { methodId: method.id, nodeId: method.node_id, baseUrl: methodBaseUrl(config.publicUrl, method.node_id), token, expiresAt }
}

async function change(id: string, options: StoreOptions, done: string, act: (trx: Trx, at: Millis) => Promise<Method>) {
  const changed = await withStore(options, async ({ db, config, at }) => {
    const { before, after } = await write(db, async (trx) => ({ before: await findMethod(trx, id), after: await act(trx, at) }))
    const same = before.state === after.state && before.email_policy === after.email_policy
    return { method: after, same, baseUrl: methodBaseUrl(config.publicUrl, after.node_id) }
  })
  const { method, same, baseUrl } = changed
  if (options.json) {
    return writeJson({ methodId: method.id, nodeId: method.node_id, baseUrl, state: method.state, emailPolicy: method.email_policy })
  }
  await say(
    same
      ? `Nothing changed: the method was like this already (${describe(method)}).`
      : `The method is ${done}. It is now ${describe(method)}.`,
  )
}

function describe({ state, email_policy: policy }: Method) {
  return `${state}; e-mail that differs: ${policy}`
}
