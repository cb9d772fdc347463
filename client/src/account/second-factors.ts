import {
  confirmSecondFactor,
  listSecondFactors,
  type PasskeyAttestation,
  removeSecondFactor as removeSecondFactorRoute,
  startPasskey as startPasskeyRoute,
  startTotp as startTotpRoute,
} from '@claviger/contract/api/second-factors.ts'
import { call } from '../api/call.ts'
import type { OpenAccount } from './open-account.ts'

/** What only an account's server is asked: second factors guard the sign-in, and open no key. */
type Account = Pick<OpenAccount, 'connection'>

/** The second factors that sign-ins ask for. */
export async function secondFactors({ connection }: Account) {
  return (await call(connection, listSecondFactors, {})).factors
}

/** Begins to set up an authenticator app: `secret` is typed into it, or `uri` scanned. @throws ApiError `forbidden` without a fresh sign-in */
export function startTotp({ connection }: Account, name: string) {
  return call(connection, startTotpRoute, { name })
}

/** Ends it with the first code, as it is typed: spaces do not matter. @throws ApiError `invalid_value` for another code */
export async function confirmTotp({ connection }: Account, factorId: string, code: string): Promise<void> {
  await call(connection, confirmSecondFactor, { factorId, totp: plainCode(code) })
}

/** Begins to set up a passkey: `options` are for `navigator.credentials.create`, in JSON. */
export function startPasskey({ connection }: Account, name: string) {
  return call(connection, startPasskeyRoute, { name })
}

/** Ends it with what the browser made, in JSON. @throws ApiError `invalid_value` where it was made for another server or moment */
export async function confirmPasskey({ connection }: Account, factorId: string, passkey: PasskeyAttestation): Promise<void> {
  await call(connection, confirmSecondFactor, { factorId, passkey })
}

/** Takes a second factor away. @throws ApiError `not_found`, `forbidden` without a fresh sign-in */
export async function removeSecondFactor({ connection }: Account, factorId: string): Promise<void> {
  await call(connection, removeSecondFactorRoute, { factorId })
}

/** The digits of a code as apps show it: in groups. */
export function plainCode(code: string): string {
  return code.replaceAll(/\s/g, '')
}
