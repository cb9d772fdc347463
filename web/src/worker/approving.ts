import { letIn, turnAway, waitingForMe } from '@claviger/client/account/admission.ts'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { type ApprovalOptions, approveWork } from '@claviger/client/approvals/approve.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { certifyPerson, safetyWordsWith } from '@claviger/client/approvals/certify.ts'
import { ClientError } from '@claviger/client/errors.ts'
import { FIRST_MEMBERSHIP, readApprovalWork, type WaitingPerson } from '@claviger/contract/api/approvals.ts'
import { type PendingItem, readPending } from '@claviger/contract/api/pending.ts'
import type { TeamId, UserId } from '@claviger/contract/ids.ts'
import { type ApprovalOutcome, doneIn, outcomeOf } from './approval-outcome.ts'
import { opened } from './session.ts'

/**
 * What is to be approved. `certify`: whether people whom nobody has verified are verified with it, without words. `keys`:
 * the keys of the log and of folders that wait for their next epoch, and nothing else.
 */
export type Wanted =
  | { readonly what: 'all'; readonly certify: boolean }
  | { readonly what: 'team'; readonly teamId: TeamId; readonly certify: boolean }
  | { readonly what: 'member'; readonly teamId: TeamId; readonly userId: UserId }
  | { readonly what: 'person'; readonly userId: UserId }
  | { readonly what: 'keys' }

/** Somebody who waits to be verified, and the words to compare with them. */
export interface Compared {
  readonly userId: UserId
  readonly email: string
  readonly words: readonly string[]
}

/** Of whom words are shown at once. */
const MOST_COMPARED = 50

/** Giving keys to others who wait for them: all of it through the one code path that every approver runs. */
export const approving = {
  /** @param onProgress told how much is done so far */
  async approve(wanted: Wanted, onProgress?: (done: number) => void): Promise<ApprovalOutcome> {
    return run(await opened(), wanted, onProgress)
  },

  /** The people who wait to be verified by who is signed in, at most 50, with their words; or the one who is asked for. */
  async wordsToCompare(userId?: UserId): Promise<Compared[]> {
    const account = await opened()
    const people = (await waitingPeople(account)).filter((person) => userId === undefined || person.userId === userId)
    return Promise.all(
      people.slice(0, MOST_COMPARED).map(async (person) => ({
        userId: person.userId,
        email: person.email,
        words: await safetyWordsWith(account, person),
      })),
    )
  },

  /**
   * Verifies one person, and admits them where they wait. `words`: those that were compared, null where none were: the keys
   * that are certified are the ones that these words were made of. @throws ClientError `swapped_key`
   */
  async verify(userId: UserId, words: readonly string[] | null): Promise<ApprovalOutcome> {
    const account = await opened()
    const person = (await waitingPeople(account)).find((waiting) => waiting.userId === userId)
    if (person === undefined) return { done: [], skipped: [], already: 0 }
    if (words !== null && (await safetyWordsWith(account, person)).join(' ') !== words.join(' ')) {
      throw new ClientError('swapped_key', `The server offers other keys of ${person.email} than those whose words you compared.`)
    }
    await certifyPerson(approverOf(account), person, { wordsCompared: words !== null })
    const { done, ...rest } = await run(account, { what: 'person', userId })
    return { ...rest, done: [{ sentence: 'Verified 1 person.', names: [person.email] }, ...done] }
  },

  /** Devices that ask to be let into the own account, with the words that they show. */
  async ownDevices(): Promise<{ requestId: string; name: string; words: readonly string[] }[]> {
    const waiting = await waitingForMe(await opened())
    return waiting.map(({ requestId, name, words }) => ({ requestId, name, words }))
  },

  /** Lets an own device in, once its words were compared, or turns it away. */
  async answerOwnDevice(requestId: string, isLetIn: boolean): Promise<void> {
    const account = await opened()
    if (!isLetIn) return turnAway(account, requestId)
    const request = (await waitingForMe(account)).find((waiting) => waiting.requestId === requestId)
    if (request === undefined) throw new ClientError('unexpected_answer', 'This device does not wait any more: have it ask again.')
    await letIn(account, request)
  },
}

async function run(account: OpenAccount, wanted: Wanted, onProgress?: (done: number) => void): Promise<ApprovalOutcome> {
  const { root, owner } = account
  const report = await approveWork(approverOf(account), {
    ...(await filtersOf(account, wanted)),
    own: { root, owner },
    onProgress: (soFar) => onProgress?.(doneIn(soFar)),
  })
  return outcomeOf(report, wanted.what === 'all' || wanted.what === 'keys')
}

async function filtersOf(account: OpenAccount, wanted: Wanted): Promise<Pick<ApprovalOptions, 'teams' | 'users' | 'certify'>> {
  switch (wanted.what) {
    case 'all':
      return { certify: wanted.certify }
    case 'keys':
      return { teams: () => false, users: () => false, certify: false }
    case 'member':
      return {
        teams: ({ teamId }) => teamId === wanted.teamId,
        users: ({ userId }) => userId === wanted.userId,
        certify: false,
      }
    case 'team': {
      const members = wanted.certify ? await membershipsThatWait(account, { team: wanted.teamId }) : []
      const ids = new Set(members.map(({ userId }) => userId))
      return { teams: ({ teamId }) => teamId === wanted.teamId, certify: ({ userId }) => ids.has(userId) }
    }
    case 'person': {
      const memberships = await membershipsThatWait(account, { user: wanted.userId })
      const teams = new Set(memberships.map(({ teamId }) => teamId))
      return { teams: ({ teamId }) => teams.has(teamId), users: ({ userId }) => userId === wanted.userId, certify: true }
    }
  }
}

async function membershipsThatWait({ connection }: OpenAccount, about: { team?: TeamId; user?: UserId }): Promise<PendingItem[]> {
  const found: PendingItem[] = []
  for (let after: string | undefined, isOver = false; !isOver; ) {
    const { items, more }: Awaited<ReturnType<typeof page>> = await page(after)
    found.push(...items)
    after = more[0]?.after
    isOver = after === undefined
  }
  return found

  function page(after: string | undefined) {
    return call(connection, readPending, { ...about, kind: 'membership', limit: 500, after })
  }
}

async function waitingPeople({ connection }: OpenAccount): Promise<WaitingPerson[]> {
  const people: WaitingPerson[] = []
  for (let after: string | null | undefined; after !== null && after?.startsWith(FIRST_MEMBERSHIP) !== true; ) {
    const page: { people: WaitingPerson[]; next: string | null } = await call(connection, readApprovalWork, { after })
    people.push(...page.people)
    after = page.next
  }
  return people
}
