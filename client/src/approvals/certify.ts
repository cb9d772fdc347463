import { MOST_AT_ONCE, type OfferedUser, type WaitingPerson } from '@claviger/contract/api/approvals.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import type { Evidence, StatementBody } from '@claviger/contract/log/statement.ts'
import { requireKeyBinding } from '@claviger/contract/public-keys.ts'
import type { OpenAccount } from '../account/open-account.ts'
import { ClientError } from '../errors.ts'
import { safetyWords } from '../keys/safety-words.ts'
import { appendToLog } from '../log/append.ts'
import type { Approver } from './approver.ts'
import { logWriterOf } from './log-writer.ts'
import { type ApprovalReport, refusalOf } from './report.ts'

/**
 * Six words that both people read to each other before one certifies the other: the same on both sides exactly where both
 * see the same keys. The person compares with an administrator's keys as the log has them.
 * @throws ClientError `uncertified` for oneself
 */
export function safetyWordsWith({ state, identity }: OpenAccount, { userId, identity: keys }: OfferedUser): Promise<string[]> {
  return safetyWords(state.enterprise, { userId: identity.userId, keys: identity.public }, { userId, keys })
}

/**
 * Certifies one person, for good: from then on everybody gives keys to these public keys and no others. `replace` puts them
 * in the place of keys that the log has of them, which somebody who lost everything needs: compare the words before.
 * @throws ClientError `not_entitled`, `swapped_key` for other keys than the log's without `replace`; ContractError; ApiError
 */
export async function certifyPerson(
  approver: Approver,
  person: OfferedUser & { readonly email: string },
  { wordsCompared, replace = false }: { wordsCompared: boolean; replace?: boolean },
): Promise<LogState> {
  const evidence = approver.evidence
  if (evidence === null) throw new ClientError('not_entitled', 'The log gives you no right to certify people.')
  const by: Evidence = evidence.kind === 'administrator' ? { ...evidence, wordsCompared } : evidence
  return appendToLog(logWriterOf(approver), (state) => {
    const before = state.certificates.get(person.userId)?.identity.signingKey ?? null
    if (before === person.identity.signingKey) return []
    if (before !== null && !replace) {
      throw new ClientError('swapped_key', `The log has other keys of the user ${person.userId}, which would have to be replaced.`)
    }
    return [certificateOf(person, before, by)]
  })
}

/** Certifies everybody who waits for it, as the server offers their keys. Whoever has other keys in the log waits on. */
export async function certifyPeople(approver: Approver, people: readonly WaitingPerson[], report: ApprovalReport): Promise<void> {
  const { evidence } = approver
  if (evidence === null) return
  const fit: WaitingPerson[] = []
  for (const person of people) {
    try {
      if (approver.state.certificates.has(person.userId)) {
        throw new ClientError('swapped_key', `The log has other keys of the user ${person.userId} than the server offers.`)
      }
      // One that does not fit must not keep out the others of its batch.
      await requireKeyBinding(person.userId, person.identity)
      fit.push(person)
    } catch (error) {
      report.skipped.push({ what: 'person', userId: person.userId, email: person.email, ...refusalOf(error) })
    }
  }
  for (let from = 0; from < fit.length; from += MOST_AT_ONCE)
    await certifyBatch(approver, fit.slice(from, from + MOST_AT_ONCE), evidence, report)
}

async function certifyBatch(
  approver: Approver,
  people: readonly WaitingPerson[],
  evidence: Evidence,
  report: ApprovalReport,
): Promise<void> {
  let stated: readonly WaitingPerson[] = []
  try {
    await appendToLog(logWriterOf(approver), (state) => {
      stated = people.filter(({ userId }) => !state.certificates.has(userId))
      return stated.map((person) => certificateOf(person, null, evidence))
    })
    report.certified.push(...stated.map(({ userId, email }) => ({ userId, email })))
  } catch (error) {
    const refusal = refusalOf(error)
    report.skipped.push(...people.map(({ userId, email }) => ({ what: 'person' as const, userId, email, ...refusal })))
  }
}

function certificateOf(
  { userId, email, identity }: OfferedUser & { readonly email: string },
  replaces: OfferedUser['identity']['signingKey'] | null,
  evidence: Evidence,
): StatementBody {
  return { kind: 'user-certified', userId, email, identity, replaces, evidence }
}
