import { type TeamWithoutHolder, wordsOfTeamsWithoutHolder } from '../../teams/without-holder.ts'
import type { Created } from '../../users/create.ts'
import type { UserEvent } from '../../users/update.ts'
import type { User } from '../../users/user.ts'
import type { Told } from '../outcome.ts'

const EMAILS_DIFFER =
  'The primary e-mail differs from userName. The user signs in with userName: if that is wrong, map userName to the e-mail in the directory.'

/** What POST did, in the words of the provisioning log. */
export function toldOfCreated({ user, restored }: Created): Told {
  const what = restored ? `Gave ${user.email}, whom the directory had deleted, the retained account back` : `Created ${user.email}`
  const then =
    user.status === 'invited'
      ? ' and queued the invitation.'
      : user.status === 'locked'
        ? ', locked: the invitation waits for the activation.'
        : '.'
  return about(restored ? 'user.restore' : 'user.create', user, what + then)
}

/** What PUT or PATCH did. `teams`: on which the lock leaves nobody active who holds the key. */
export function toldOfUpdated(before: User, user: User, events: readonly UserEvent[], teams: readonly TeamWithoutHolder[]): Told {
  if (events.length === 0) return about('user.update', user, `${user.email} was like this already: nothing changed.`)
  const words = events.map((event) => wordsFor[event](before, user))
  return flagged(about(operationOf(events), user, words.join(' ')), teams)
}

/** What DELETE did. `teams` as in toldOfUpdated. */
export function toldOfDeleted(user: User, teams: readonly TeamWithoutHolder[]): Told {
  const summary = `Deleted ${user.email}: locked, taken off every team, the account kept for the retention time.`
  return flagged({ ...about('user.delete', user, summary), advice: undefined }, teams)
}

function flagged(told: Told, teams: readonly TeamWithoutHolder[]): Told {
  const warning = wordsOfTeamsWithoutHolder(teams)
  if (warning === undefined) return told
  const advice = told.advice === undefined ? warning.advice : `${warning.advice} ${told.advice}`
  return { ...told, summary: `${told.summary} ${warning.summary}`, advice }
}

const wordsFor: Readonly<Record<UserEvent, (before: User, user: User) => string>> = {
  'user.renamed': (before, user) => `Changed the e-mail address ${before.email} to ${user.email}; keys and access stay.`,
  'user.updated': (_, user) => `Updated the attributes of ${user.email}.`,
  'user.locked': (_, user) => `Locked ${user.email}: every session has ended.`,
  'user.unlocked': (_, user) =>
    user.status === 'invited' ? `Unlocked ${user.email} and queued the invitation.` : `Unlocked ${user.email}: everything is as it was.`,
}

function operationOf(events: readonly UserEvent[]): string {
  if (events.includes('user.locked')) return 'user.lock'
  return events.includes('user.unlocked') ? 'user.unlock' : 'user.update'
}

function about(operation: string, user: User, summary: string): Told {
  return { operation, subjectKind: 'user', subjectId: user.id, summary, advice: user.email_differs === 1 ? EMAILS_DIFFER : undefined }
}
