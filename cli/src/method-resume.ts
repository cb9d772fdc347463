import { findMethod, type Method, setPaused } from '@claviger/server/provisioning/methods.ts'
import { applyHeld } from '@claviger/server/safety/apply.ts'
import { type Decided, rejectHeld } from '@claviger/server/safety/decide.ts'
import { heldTotals } from '@claviger/server/safety/held.ts'
import { replay } from '@claviger/server/scim/replay.ts'
import { write } from '@claviger/server/storage/write.ts'
import type { Command } from 'commander'
import { say, writeJson } from './output.ts'
import { ACTOR, addLinkOptions, type OpenStore, type StoreOptions, withStore } from './store.ts'

interface Resumed {
  method: Method
  wasPaused: boolean
  applied: number
  failed: number
  rejected: number
  unseen: number
}

/** Adds `method resume`. */
export function addMethodResumeCommand(method: Command): void {
  addLinkOptions(method.command('resume'))
    .description('answer the directory again; where the limits have paused it, apply what they hold (see `method held`)')
    .argument('<method>', 'the id of the method')
    .option('--reject', 'drop what the limits hold, instead of applying it')
    .action(resume)
}

async function resume(id: string, { reject = false, ...options }: StoreOptions & { reject?: boolean }) {
  const { method, wasPaused, ...done } = await withStore(options, (store) => decide(store, id, reject))
  if (options.json)
    return writeJson({ methodId: method.id, nodeId: method.node_id, state: method.state, emailPolicy: method.email_policy, ...done })
  if (!wasPaused)
    return say(`Nothing changed: the method was like this already (${method.state}; e-mail that differs: ${method.email_policy}).`)
  await say(...inWords(method, done))
}

async function decide({ db, at }: OpenStore, id: string, reject: boolean): Promise<Resumed> {
  const before = await findMethod(db, id)
  const { newest } = await heldTotals(db, id)
  const decision = { methodId: id, actor: ACTOR, at }
  const done = { applied: 0, failed: 0, rejected: 0, unseen: 0 }
  if (reject) Object.assign(done, await rejectHeld(db, decision))
  else if (newest !== null) {
    const { applied, failed, unseen }: Decided = await applyHeld(db, replay, { ...decision, upTo: newest }, Number.POSITIVE_INFINITY)
    Object.assign(done, { applied, failed, unseen })
  }
  if (done.unseen === 0) await write(db, (trx) => setPaused(trx, id, false, ACTOR, at))
  return { method: await findMethod(db, id), wasPaused: before.state === 'paused', ...done }
}

function inWords(
  { id, state, email_policy: policy }: Method,
  { applied, failed, rejected, unseen }: Omit<Resumed, 'method' | 'wasPaused'>,
) {
  const decided = [
    applied > 0 && `Applied ${applied} held removals.`,
    failed > 0 && `${failed} could not be applied: claviger method held ${id} --decided`,
    rejected > 0 && `Rejected ${rejected} held removals: nobody lost anything by them.`,
    unseen > 0 && `${unseen} came meanwhile, so the method stays paused: look at them, then resume again.`,
  ].filter((line) => line !== false)
  return unseen > 0 ? decided : [...decided, `The method is resumed. It is now ${state}; e-mail that differs: ${policy}.`]
}
