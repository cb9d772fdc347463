import { TestOpaqueServer } from '@claviger/client/keys/testing-opaque-server.ts'
import type { Ticked } from '../page-api.ts'
import { found } from '../sharing.ts'
import { askWorker } from './ask-worker.ts'
import { steps } from './steps.ts'

const PASSWORD = 'terrapin vukeluwa 47 obibu'
const TICK_MILLIS = 4

/** The step of OPAQUE that runs Argon2id, in the Worker or in the page itself, while a timer of the page should tick. */
export async function stretchPassword(where: 'worker' | 'page'): Promise<Ticked> {
  const [{ identity, state }, server] = [await found(), await TestOpaqueServer.open()]
  const owner = { enterprise: state.enterprise, userId: identity.userId }
  const request = where === 'worker' ? await askWorker('startRegistration', PASSWORD) : await steps.startRegistration(PASSWORD)
  const response = server.answerRegistration(owner.userId, request)
  return ticking(() =>
    where === 'worker' ? askWorker('finishRegistration', PASSWORD, response, owner) : steps.finishRegistration(PASSWORD, response, owner),
  )
}

async function ticking(step: () => Promise<unknown>): Promise<Ticked> {
  let [ticks, longestGap] = [0, 0]
  const start = performance.now()
  let last = start
  const note = () => {
    const now = performance.now()
    longestGap = Math.max(longestGap, now - last)
    last = now
  }
  const timer = setInterval(() => {
    ticks++
    note()
  }, TICK_MILLIS)
  await step()
  clearInterval(timer)
  note()
  return { millis: last - start, ticks, longestGap }
}
