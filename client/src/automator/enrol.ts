import { enrolAutomator as enrolAtServer } from '@claviger/contract/api/automators.ts'
import type { HeldKeyWrap } from '@claviger/contract/envelopes.ts'
import { AutomatorId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { AutomatorScope } from '@claviger/contract/log/statement.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { newestApproverKey } from '../administration/newest-held-keys.ts'
import { ApiError, call } from '../api/call.ts'
import { wrapApproverKey } from '../keys/approver-key.ts'
import { publicIdentity } from '../keys/identity.ts'
import { makeEncryptionKeyPair, makeSigningKeyPair } from '../keys/key-pair.ts'
import { enrolledAutomator } from '../keys/recipients.ts'
import { refreshLog } from '../log/follow.ts'
import { pinOf } from '../log/log-pin.ts'
import { asAdministrator, stateNext } from '../log/log-statements.ts'
import { newId } from '../new-id.ts'
import type { AutomatorProfile } from './profile.ts'

/** Others may state something at the same time; so often one of them can come first. */
const TRIES = 5

/** What an automator is enrolled as. */
export interface AutomatorWanted {
  readonly name: string
  readonly scope: AutomatorScope
  /** As in AutomatorProfile. */
  readonly domains: readonly string[]
}

/**
 * Enrols an automator, whose keys are made here: the log names them and what it may do, and it is given the approver key
 * where its rights need it. `account` is of an administrator who signed in within the last five minutes.
 * @returns what the automator keeps, with its token: the only copy
 * @throws ApiError `forbidden`; ContractError `not_permitted`; ClientError `not_entitled` where the administrator cannot
 * give the approver key
 */
export async function enrolAutomator(account: OpenAccount, { name, scope, domains }: AutomatorWanted): Promise<AutomatorProfile> {
  const automatorId = newId(AutomatorId)
  const [signing, encryption] = await Promise.all([makeSigningKeyPair(true), makeEncryptionKeyPair(true)])
  const identity = await publicIdentity(automatorId, signing, encryption)
  for (let tries = 1; ; tries++) {
    const before = await refreshLog(account)
    const body = { kind: 'automator-enrolled', automatorId, identity, scope } as const
    const { entry, state } = await stateNext(before, asAdministrator(account.identity), body, Date.now())
    const heldKeys = await wrapsFor(account, state, automatorId, scope)
    try {
      const { token } = await call(account.connection, enrolAtServer, { automatorId, name, entries: [entry], heldKeys })
      const { origin } = account.connection
      const { enterprise } = state
      const pin = pinOf(state)
      return { origin, automatorId, name, enterprise, identity, signing, encryption, token, pin, firstUse: new Map(), domains }
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'conflict' || tries === TRIES) throw error
    }
  }
}

/** Who only certifies opens no team's key. */
async function wrapsFor(
  account: OpenAccount,
  state: LogState,
  automatorId: AutomatorId,
  { rights }: AutomatorScope,
): Promise<HeldKeyWrap[]> {
  const right = rights.find((given) => given === 'memberships' || given === 'teams')
  if (right === undefined) return []
  return [await wrapApproverKey(state, await newestApproverKey(account, state), enrolledAutomator(state, automatorId, right))]
}
