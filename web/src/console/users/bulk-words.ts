import type { BulkAct } from './run-bulk.ts'

/** What the acts are called, and what one should know before them. */
export const bulkWords: Readonly<Record<BulkAct, { verb: string; done: string; already: string; undo: BulkAct | null; before: string }>> = {
  resend: {
    verb: 'Resend invitation',
    done: 'Invited anew',
    already: 'Invited already',
    undo: null,
    before: 'Each gets a new invitation by e-mail, and the link of the old one dies. Who has registered already gets none.',
  },
  lock: {
    verb: 'Lock',
    done: 'Locked',
    already: 'Locked before',
    undo: 'unlock',
    before: 'They are signed out everywhere at once. Nothing of theirs is lost: unlocking gives everything back, without any approval.',
  },
  unlock: {
    verb: 'Unlock',
    done: 'Unlocked',
    already: 'Not locked before',
    undo: 'lock',
    before: 'Keys, devices and teams are as they were. Who never registered is invited anew.',
  },
}

/** `1 user`, `312 users`. */
export function usersText(count: number): string {
  return count === 1 ? '1 user' : `${new Intl.NumberFormat('en').format(count)} users`
}
