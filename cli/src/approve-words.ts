import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { call } from '@claviger/client/api/call.ts'
import { safetyWordsWith } from '@claviger/client/approvals/certify.ts'
import { FIRST_MEMBERSHIP, readApprovalWork, type WaitingPerson } from '@claviger/contract/api/approvals.ts'
import { AppError } from '@claviger/server/errors.ts'
import { say, writeJson } from './output.ts'

/**
 * Six words that each who waits to be verified and the administrator read to each other: they are the same where nobody
 * swapped a key. @throws AppError `not_found` where `email` is given, and does not wait
 */
export async function showWords(account: OpenAccount, email: string | undefined, json: boolean | undefined): Promise<void> {
  const wanted = email?.trim().toLowerCase()
  const people = (await waitingPeople(account)).filter((person) => wanted === undefined || person.email.toLowerCase() === wanted)
  if (people.length === 0 && email !== undefined) {
    throw new AppError('not_found', `${email} does not wait to be verified by you: \`claviger pending\` shows who does.`)
  }
  const shown = await Promise.all(
    people.map(async (person) => ({ user: person.email, words: (await safetyWordsWith(account, person)).join(' ') })),
  )
  if (json) return writeJson(shown)
  if (shown.length === 0) return say('Nobody waits to be verified.')
  await say(
    ...shown.map(({ user, words }) => `${user}: ${words}`),
    'Each of them sees the same words with `claviger words`. If they differ, approve nobody.',
  )
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
