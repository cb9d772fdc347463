import type { Created } from '../../users/create.ts'
import type { UserEvent } from '../../users/update.ts'
import type { User } from '../../users/user.ts'
import type { Effect } from '../outcome.ts'

const none = { takes: [], added: 0, removed: 0 } as const

/** What POST means for people. */
export function effectOfCreated({ user, restored }: Created): Effect {
  const words = restored
    ? `Would give ${user.email}, whom the directory had deleted, the retained account back.`
    : user.status === 'locked'
      ? `Would create ${user.email}, locked.`
      : `Would invite ${user.email}.`
  return { ...none, creates: user.email_key, changed: true, keeps: () => [], whole: false, would: () => words }
}

/** What PUT or PATCH means. `active`: what it says of that itself. */
export function effectOfUpdated(before: User, user: User, events: readonly UserEvent[], active: () => boolean | undefined): Effect {
  const locks = events.includes('user.locked')
  return {
    ...none,
    takes: locks ? [user.id] : [],
    keeps: () => (active() === true ? [user.id] : []),
    whole: locks,
    changed: events.length > 0,
    would: () => events.map((event) => wordsFor[event](before, user)).join(' ') || `Would change nothing of ${user.email}.`,
  }
}

/** What DELETE means. */
export function effectOfDeleted(user: User): Effect {
  const would = () => `Would delete ${user.email}: locked, off every team, the account kept for the retention time.`
  return { ...none, takes: [user.id], keeps: () => [], whole: true, changed: true, would }
}

const wordsFor: Readonly<Record<UserEvent, (before: User, user: User) => string>> = {
  'user.renamed': (before, user) => `Would change the e-mail address ${before.email} to ${user.email}.`,
  'user.updated': (_, user) => `Would update the attributes of ${user.email}.`,
  'user.locked': (_, user) => `Would lock ${user.email}.`,
  'user.unlocked': (_, user) => `Would unlock ${user.email}${user.status === 'invited' ? ' and invite them' : ''}.`,
}
