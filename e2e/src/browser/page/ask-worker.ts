import type { Steps } from './steps.ts'
import type { Answer } from './worker.ts'

const WORKER = '/worker.js'

/** TypeScript's DOM library does not have Trusted Types (https://w3c.github.io/trusted-types/dist/spec/) yet. */
declare const trustedTypes: {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL: (url: string) => URL }
}

let worker: Worker | undefined
let questions = 0

/** Has the Worker take a step. @throws Error whose `code` is the refusal's */
export async function askWorker<Name extends keyof Steps>(
  step: Name,
  ...given: Parameters<Steps[Name]>
): Promise<Awaited<ReturnType<Steps[Name]>>> {
  worker ??= startWorker()
  const [asked, id] = [worker, ++questions]
  const said = await new Promise<Answer>((resolve, reject) => {
    const hear = ({ data }: MessageEvent<Answer>) => {
      if (data.id !== id) return
      asked.removeEventListener('message', hear)
      resolve(data)
    }
    asked.addEventListener('message', hear)
    asked.addEventListener('error', () => reject(new Error('the Worker did not start')), { once: true })
    asked.postMessage({ id, step, given })
  })
  if ('refusal' in said) throw Object.assign(new Error(said.refusal.message), { code: said.refusal.code })
  return said.result as Awaited<ReturnType<Steps[Name]>>
}

/** The one policy of the page: whatever else is asked of it, it gives one address. */
function startWorker(): Worker {
  const policy = trustedTypes.createPolicy('claviger-worker', { createScriptURL: () => WORKER })
  return new Worker(policy.createScriptURL(WORKER), { type: 'module' })
}
