import { ContractError } from '@claviger/contract/errors.ts'
import type { AutomatorId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { AutomatorScope } from '@claviger/contract/log/statement.ts'
import type { Connection } from '../api/call.ts'
import type { Approver } from '../approvals/approver.ts'
import { batchedPins, type FirstUsePins } from '../approvals/first-use-pins.ts'
import { ClientError } from '../errors.ts'
import { entriesFrom, readOn } from '../log/follow.ts'
import { pinOf, readPinnedLog } from '../log/log-pin.ts'
import type { AutomatorProfile, AutomatorStore } from './profile.ts'
import { ruleText } from './rule.ts'

/** An automator that runs: an approver that is no person. */
export interface Automator extends Approver {
  readonly kind: 'automator'
  readonly id: AutomatorId
  readonly name: string
  /** What the log lets it do now. */
  readonly scope: AutomatorScope
  readonly domains: readonly string[]
}

/**
 * Opens the automator whose profile this is: the log is read in full and must continue the one that it saw.
 * @throws ClientError `signed_out` without a profile, `another_enterprise`, `log_forked`, `log_shortened`, `not_entitled`
 * where the log does not have it (any more); ContractError; ApiError `unauthenticated` where it was removed
 */
export async function openAutomator(store: AutomatorStore, fetch?: typeof globalThis.fetch): Promise<Automator> {
  const profile = await store.load()
  if (profile === null) throw new ClientError('signed_out', 'There is no automator here: enrol one first.')
  const connection: Connection = { origin: profile.origin, token: profile.token, ...(fetch && { fetch }) }
  const state = await readPinnedLog(await entriesFrom(connection, 0), profile.pin)
  const automator = new RunningAutomator(store, profile, connection, state)
  await automator.keepPin()
  return automator
}

class RunningAutomator implements Automator {
  readonly kind = 'automator'
  readonly connection: Connection
  readonly firstUse: FirstUsePins
  readonly #store: AutomatorStore
  #profile: AutomatorProfile
  #state: LogState

  constructor(store: AutomatorStore, profile: AutomatorProfile, connection: Connection, state: LogState) {
    this.#store = store
    this.#profile = profile
    this.connection = connection
    this.#state = state
    this.#requireEnrolled()
    this.firstUse = batchedPins(
      () => this.#profile.firstUse,
      (fresh) => this.#keepFirstUse(fresh),
    )
  }

  get id() {
    return this.#profile.automatorId
  }

  get name() {
    return this.#profile.name
  }

  get domains() {
    return this.#profile.domains
  }

  get state() {
    return this.#state
  }

  get scope() {
    return this.#requireEnrolled()
  }

  get granter() {
    return { granter: { kind: 'automator' as const, id: this.id }, signing: this.#profile.signing }
  }

  get opener() {
    const { automatorId: id, encryption } = this.#profile
    return { grantee: { kind: 'automator' as const, id, encryptionKey: encryption.public }, encryption }
  }

  get holder() {
    return { id: this.id, encryption: this.#profile.encryption }
  }

  get isApprover() {
    const { rights } = this.scope
    return rights.includes('memberships') || rights.includes('teams')
  }

  get canStateTeamKeys() {
    return this.scope.rights.includes('teams')
  }

  get evidence() {
    const { rights, verifiedPeopleOnly } = this.scope
    if (!rights.includes('certify') || verifiedPeopleOnly) return null
    return { kind: 'automator' as const, rule: ruleText(this.#profile) }
  }

  author(role: 'approver' | 'member') {
    if (role === 'member') throw new TypeError('An automator is on no team.')
    return { signer: { kind: 'automator' as const, id: this.id }, signing: this.#profile.signing }
  }

  /** @throws as `openAutomator` */
  async refresh(): Promise<LogState> {
    const state = await readOn(this.connection, this.#state).catch(asFork)
    if (state.length > this.#state.length) {
      this.#state = state
      await this.keepPin()
    }
    this.#requireEnrolled()
    return this.#state
  }

  async keepPin(): Promise<void> {
    await this.#keep({ ...this.#profile, pin: pinOf(this.#state) })
  }

  /** Two processes of one automator never take different keys for the same person's. */
  async #keepFirstUse(fresh: AutomatorProfile['firstUse']): Promise<void> {
    await this.#keep({ ...this.#profile, firstUse: new Map([...this.#profile.firstUse, ...fresh]) })
    for (const [userId, { signingKey, encryptionKey }] of fresh) {
      const kept = this.#profile.firstUse.get(userId)
      if (kept?.signingKey !== signingKey || kept.encryptionKey !== encryptionKey) {
        throw new ClientError('swapped_key', `The keys offered for the user ${userId} are not the known ones.`)
      }
    }
  }

  async #keep(profile: AutomatorProfile): Promise<void> {
    const kept = await this.#store.save(profile)
    // The pin of this process is of the log that it verified itself.
    this.#profile = { ...kept, pin: profile.pin }
  }

  #requireEnrolled(): AutomatorScope {
    const { automatorId, identity } = this.#profile
    const enrolled = this.#state.automators.get(automatorId)
    if (enrolled === undefined) throw new ClientError('not_entitled', 'The log names this automator no more: it was removed.')
    if (enrolled.identity.signingKey !== identity.signingKey || enrolled.identity.encryptionKey !== identity.encryptionKey) {
      throw new ClientError('swapped_key', 'The log has other keys of this automator than its own.')
    }
    return enrolled.scope
  }
}

/** An entry that does not follow the last one that was seen is of another log than the one that was seen. */
function asFork(error: unknown): never {
  if (!(error instanceof ContractError) || error.code !== 'broken_chain') throw error
  throw new ClientError('log_forked', 'The log does not continue the one that was seen.', error)
}
