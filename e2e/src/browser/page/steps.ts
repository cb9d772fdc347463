import { finishRegistration, finishSignIn, type OpaqueState, startRegistration, startSignIn } from '@claviger/client/keys/opaque.ts'
import type { RootOwner } from '@claviger/client/keys/root-owner.ts'
import { BareAes, makeVault, openTitles, titleOf } from '@claviger/client/keys/testing-vault.ts'
import { toBase64url } from '@claviger/contract/bytes.ts'
import type { VaultFigures } from '../page-api.ts'

/** What blocks a thread, or has much to do: the Worker's part. The state of OPAQUE between two steps stays here. */

const FIRST = 100
/** Of the vault and its floor in turn; what is given is their medians. */
const ROUNDS = 5
let begun: OpaqueState | undefined

export const steps = {
  async startRegistration(password: string): Promise<string> {
    const { state, registrationRequest } = await startRegistration(password, [])
    begun = state
    return registrationRequest
  },

  async finishRegistration(password: string, registrationResponse: string, owner: RootOwner) {
    const { registrationRecord, passwordKey } = finishRegistration(password, takeState(), registrationResponse, owner)
    return { registrationRecord, passwordKey: passwordKey.reveal() }
  },

  async startSignIn(password: string): Promise<string> {
    const { state, startLoginRequest } = await startSignIn(password)
    begun = state
    return startLoginRequest
  },

  async finishSignIn(password: string, loginResponse: string, owner: RootOwner) {
    const { finishLoginRequest, sessionKey, passwordKey } = finishSignIn(password, takeState(), loginResponse, owner)
    return { finishLoginRequest, sessionKey: toBase64url(sessionKey.reveal()), passwordKey: passwordKey.reveal() }
  },

  async openVault(records: number): Promise<VaultFigures> {
    const [vault, bare] = [await makeVault(records), await BareAes.of(100)]
    const rounds: VaultFigures[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      const first = await openTitles(vault, 0, FIRST)
      const firstTitles = performance.now() - start
      const rest = await openTitles(vault, FIRST, records)
      const allTitles = performance.now() - start
      if (first[0] !== titleOf(0) || rest.at(-1) !== titleOf(records - 1)) throw new Error('these are not the titles')
      const bareStart = performance.now()
      await bare.decrypt(2 * records)
      rounds.push({ firstTitles, allTitles, bare: performance.now() - bareStart })
    }
    const middle = (of: keyof VaultFigures) => rounds.map((round) => round[of]).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0
    return { firstTitles: middle('firstTitles'), allTitles: middle('allTitles'), bare: middle('bare') }
  },
}

export type Steps = typeof steps

function takeState(): OpaqueState {
  if (begun === undefined) throw new Error('nothing was begun')
  const state = begun
  begun = undefined
  return state
}
