import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { appendToLog } from '@claviger/client/log/append.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'

/** An administrator certifies people, who read that in the log. */
export async function certify(administrator: OpenAccount, ...people: readonly OpenAccount[]): Promise<void> {
  await appendToLog(administrator, () =>
    people.map(({ identity, profile: { email } }) => ({
      kind: 'user-certified' as const,
      userId: identity.userId,
      email,
      identity: identity.public,
      replaces: null,
      evidence: { kind: 'administrator' as const, wordsCompared: true },
    })),
  )
  for (const person of people) await refreshLog(person)
}
