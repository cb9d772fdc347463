import { type Remote, wrap } from 'comlink'
import type { AccountWorker } from './account-worker.ts'
import workerUrl from './account-worker.ts?worker&url'
import { throwOver } from './throw-over.ts'

declare global {
  interface Window {
    readonly trustedTypes?: {
      createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string }
    }
  }
}

throwOver()

/** The page's side of the Worker that holds the keys. */
export const account: Remote<AccountWorker> = wrap<AccountWorker>(new Worker(trusted(workerUrl), { type: 'module' }))

/** The pages' policy lets no text become a script, but for this one address, which the build made. */
function trusted(url: string): string {
  const policy = window.trustedTypes?.createPolicy('claviger-worker', {
    createScriptURL: (wanted) => {
      if (wanted !== workerUrl) throw new TypeError('only the Worker of this page is a script')
      return wanted
    },
  })
  return policy === undefined ? url : policy.createScriptURL(url)
}
