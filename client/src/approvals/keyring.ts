import { readApproverGrants, readTeamKeys } from '@claviger/contract/api/approvals.ts'
import { readHeldKeys } from '@claviger/contract/api/log.ts'
import type { TeamId } from '@claviger/contract/ids.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { call } from '../api/call.ts'
import { type ApproverKey, asApprover, openApproverKey } from '../keys/approver-key.ts'
import type { GrantOpener } from '../keys/grants.ts'
import { openHeldTeamKey, type TeamKey, type TeamKeyWanted } from '../keys/team-key.ts'
import type { Approver } from './approver.ts'

/** The team keys that an approver can open. */
export interface Keyring {
  /**
   * The team's key of this epoch, through the approver's own membership or the approver key. Null where neither has it.
   * @throws ClientError `bad_grant`, `cannot_open`, `swapped_key`, `unknown_key` where what the server gave out for it is not it
   */
  teamKey(teamId: TeamId, epoch: number): Promise<TeamKey | null>
  /** Reads the approvers' keys of many teams at once, so that `teamKey` asks for none of them. */
  expect(teamIds: Iterable<TeamId>): Promise<void>
  /** A key that this approver just made. */
  add(key: TeamKey): void
}

/** Teams of which the approvers' keys are asked for at once. */
const TEAMS_AT_ONCE = 500

/** What the approver holds now. To be loaded anew after memberships or the approver key changed. */
export async function loadKeyring(approver: Approver): Promise<Keyring> {
  const own = approver.kind === 'user' ? (await call(approver.connection, readTeamKeys, {})).keys : []
  return new LoadedKeyring(approver, own)
}

/** A key as the server gave it out, and how to find what opens it. */
interface Given extends TeamKeyWanted {
  readonly grant: SignedStatement
  readonly approverEpoch?: number
}

class LoadedKeyring implements Keyring {
  readonly #approver: Approver
  readonly #own: readonly Given[]
  readonly #ofApprovers = new Map<TeamId, Promise<readonly Given[]>>()
  readonly #opened = new Map<string, TeamKey>()
  #approverKeys: Promise<readonly ApproverKey[]> | undefined
  constructor(approver: Approver, own: readonly Given[]) {
    this.#approver = approver
    this.#own = own
  }

  async expect(teamIds: Iterable<TeamId>) {
    const { isApprover, connection } = this.#approver
    const fresh = isApprover ? [...new Set(teamIds)].filter((teamId) => !this.#ofApprovers.has(teamId)) : []
    for (let at = 0; at < fresh.length; at += TEAMS_AT_ONCE) {
      const teams = fresh.slice(at, at + TEAMS_AT_ONCE)
      const answer = call(connection, readApproverGrants, { teams })
      for (const id of teams)
        this.#ofApprovers.set(
          id,
          answer.then(({ keys }) => keys.filter(({ teamId }) => teamId === id)),
        )
    }
    await Promise.all(fresh.map((teamId) => this.#ofApprovers.get(teamId)))
  }

  add(key: TeamKey) {
    this.#opened.set(nameOf(key), key)
  }

  async teamKey(teamId: TeamId, epoch: number): Promise<TeamKey | null> {
    const wanted = { teamId, epoch }
    const known = this.#opened.get(nameOf(wanted))
    if (known !== undefined) return known
    const key = await this.#open(wanted)
    if (key !== null) this.add(key)
    return key
  }

  /** One that opens is enough; where none does, the first refusal says why. */
  async #open(wanted: TeamKeyWanted): Promise<TeamKey | null> {
    const refusals: unknown[] = []
    for await (const { grant, opener } of this.#candidates(wanted)) {
      try {
        return await openHeldTeamKey(this.#approver.state, grant, wanted, opener)
      } catch (refusal) {
        refusals.push(refusal)
      }
    }
    if (refusals.length > 0) throw refusals[0]
    return null
  }

  async *#candidates({ teamId, epoch }: TeamKeyWanted): AsyncGenerator<{ grant: SignedStatement; opener: GrantOpener }> {
    const isWanted = (given: Given) => given.teamId === teamId && given.epoch === epoch
    for (const { grant } of this.#own.filter(isWanted)) yield { grant, opener: this.#approver.opener }
    await this.expect([teamId])
    for (const { grant, approverEpoch } of ((await this.#ofApprovers.get(teamId)) ?? []).filter(isWanted)) {
      const key = (await this.#heldApproverKeys()).find((held) => held.epoch === approverEpoch)
      if (key !== undefined) yield { grant, opener: asApprover(key) }
    }
  }

  #heldApproverKeys(): Promise<readonly ApproverKey[]> {
    this.#approverKeys ??= openApproverKeys(this.#approver)
    return this.#approverKeys
  }
}

/** The epochs of the approver key that an approver holds. @throws ClientError as `openApproverKey` */
export async function openApproverKeys({ connection, state, holder }: Approver): Promise<readonly ApproverKey[]> {
  const { heldKeys } = await call(connection, readHeldKeys, {})
  return Promise.all(heldKeys.filter(({ key }) => key === 'approver-key').map((wrap) => openApproverKey(state, wrap, holder)))
}

function nameOf({ teamId, epoch }: TeamKeyWanted): string {
  return `${teamId} ${epoch}`
}
