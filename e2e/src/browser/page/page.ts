import '@claviger/client/without-eval.ts'
import { vectorChecks } from '@claviger/client/keys/testing-all-vectors.ts'
import type { PageApi } from '../page-api.ts'
import { openShared, share } from '../sharing.ts'
import { finishRegistration, finishSignIn, found, founderOnDevice, openOnDevice } from './account.ts'
import { askWorker } from './ask-worker.ts'
import { stretchPassword } from './stretch-password.ts'

const api: PageApi = {
  async checkVectors(name, file) {
    const check = vectorChecks[name]
    if (check === undefined) throw new Error(`no check of ${name}`)
    return check(file)
  },
  found,
  startRegistration: (password) => askWorker('startRegistration', password),
  finishRegistration,
  openOnDevice,
  startSignIn: (password) => askWorker('startSignIn', password),
  finishSignIn,
  share: async (account, text) => share(await founderOnDevice(account), text),
  openShared,
  stretchPassword,
  openVault: (records) => askWorker('openVault', records),
  async canEvaluate() {
    try {
      return new Function('return true')()
    } catch {
      return false
    }
  },
}

Object.assign(globalThis, { claviger: api })
