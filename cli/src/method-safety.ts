import { findMethod, type Method } from '@claviger/server/provisioning/methods.ts'
import { setLimits, type WantedLimits } from '@claviger/server/safety/limits.ts'
import { setObserve } from '@claviger/server/safety/observe.ts'
import { type SafetyView, showSafety } from '@claviger/server/safety/show.ts'
import { write } from '@claviger/server/storage/write.ts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { say, timeJson, timeText, writeJson } from './output.ts'
import { ACTOR, addStoreOptions, type StoreOptions, withStore } from './store.ts'

interface SafetyOptions extends StoreOptions {
  people?: number
  percent?: number
  window?: number
  on?: true
  off?: true
  observe?: 'on' | 'off'
}

/** Adds `method safety`. */
export function addMethodSafetyCommand(method: Command): void {
  addStoreOptions(method.command('safety'))
    .description('show or change how much the directory may take from people before it is paused, and whether it is only observed')
    .argument('<method>', 'the id of the method')
    .option('--people <n>', 'distinct people within the window', wholeNumber)
    .option('--percent <p>', 'of the registered people of the node, once more than five lose something', wholeNumber)
    .option('--window <minutes>', 'how far back removals count', wholeNumber)
    .addOption(new Option('--on', 'the limits hold').conflicts('off'))
    .addOption(new Option('--off', 'nothing is counted, and nothing is held').conflicts('on'))
    .addOption(new Option('--observe <on|off>', 'write down what the directory would do, and apply nothing').choices(['on', 'off']))
    .action(safety)
}

async function safety(id: string, { people, percent, window, on, off, observe, ...options }: SafetyOptions) {
  const limits = { people, percent, windowMinutes: window, on: on ?? (off === undefined ? undefined : false) }
  const { method, shown, changed } = await withStore(options, async ({ db, at }) => {
    const asked = Object.values(limits).some((value) => value !== undefined)
    const after = await write(db, async (trx) => {
      if (asked) await setLimits(trx, id, limits satisfies WantedLimits, ACTOR, at)
      if (observe !== undefined) await setObserve(trx, id, observe === 'on', ACTOR, at)
      return findMethod(trx, id)
    })
    return { method: after, shown: await showSafety(db, after, at), changed: asked || observe !== undefined }
  })
  if (options.json) return writeJson(inJson(method, shown))
  await say(...(changed ? ['Changed.'] : []), ...inWords(method, shown))
}

function inJson({ id, node_id: nodeId, state }: Method, { pausedAt, ...shown }: SafetyView) {
  return { methodId: id, nodeId, state, ...shown, pausedAt: timeJson(pausedAt) }
}

function inWords({ id, state }: Method, { limits, observe, pausedBy, pausedAt, taken, held }: SafetyView): string[] {
  const within = `within ${limits.windowMinutes} min`
  const paused = pausedBy === null ? '' : `, by ${pausedBy === 'breaker' ? 'its limits' : 'an administrator'}`
  return [
    `State:    ${state}${paused}${pausedAt === null ? '' : `, since ${timeText(pausedAt)}`}`,
    limits.on ? `Limits:   ${limits.people} people or ${limits.percent} % of who has registered, ${within}` : 'Limits:   off',
    ...(limits.on
      ? [`Taken:    from ${taken.people} people ${within}, of whom ${taken.registered} of ${taken.registeredOf} have registered`]
      : []),
    `Observe:  ${observe ? 'on: nothing of the directory is applied' : 'off'}`,
    ...(held.requests === 0
      ? []
      : [
          `Held:     ${held.requests} removals, from ${held.people} people: claviger method held ${id}, then claviger method resume ${id} [--reject]`,
        ]),
  ]
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}
