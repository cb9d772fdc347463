import { isDeepStrictEqual } from 'node:util'
import { record } from '../audit/record.ts'
import { cancelInvitations, invite } from '../invitations/invite.ts'
import type { Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { EmailPolicy, Trx, UserStatus } from '../storage/database.ts'
import { prepare } from '../storage/prepared.ts'
import { textKey } from '../storage/text-key.ts'
import { isUniqueViolation } from '../storage/violation.ts'
import { type TeamWithoutHolder, teamsLeftWithoutHolder } from '../teams/without-holder.ts'
import { guardLastAdministrator } from './administrators.ts'
import { endAccess } from './end-access.ts'
import { identityOf } from './person.ts'
import { type Person, taken, type User } from './user.ts'

/** What became of a user, in the words of the audit log. Empty where nothing changed. */
export type UserEvent = 'user.updated' | 'user.renamed' | 'user.locked' | 'user.unlocked'

const updateRow = prepare<User>()((db, p) =>
  db
    .updateTable('users')
    .set({
      email: p.email,
      email_key: p.email_key,
      external_id: p.external_id,
      display_name: p.display_name,
      display_name_key: p.display_name_key,
      status: p.status,
      email_differs: p.email_differs,
      version: p.version,
      updated_at: p.updated_at,
      resource: p.resource,
    })
    .where('id', '=', p.id),
)

/** What updateUser did. */
export interface Updated {
  user: User
  events: UserEvent[]
  /** Where the user was locked: teams on which nobody active is left who holds the key. */
  teams: TeamWithoutHolder[]
}

/**
 * Makes the user what the directory now says. A changed userName changes the address the user signs in with, and
 * nothing else of the account. `active` locks and unlocks at once: a lock ends every session; unlocking needs no approval. What is the same
 * already changes nothing, version and time included.
 * @param before the row, held by lockUserRow
 * @throws AppError `invalid_value` as identityOf does, `uniqueness`, `forbidden` for the last administrator.
 */
export async function updateUser(trx: Trx, scope: Scope, before: User, person: Person, policy: EmailPolicy): Promise<Updated> {
  const { email, emailDiffers } = identityOf(person, policy)
  const described: User = {
    ...before,
    email,
    email_key: textKey(email),
    external_id: person.externalId,
    display_name: person.displayName,
    display_name_key: person.displayName === null ? null : textKey(person.displayName),
    email_differs: emailDiffers ? 1 : 0,
    resource: sameResource(before.resource, person.resource) ? before.resource : person.resource,
    status: statusAfter(before, person.active),
  }
  const events = eventsBetween(before, described)
  if (events.length === 0) return { user: before, events, teams: [] }
  const isLocked = events.includes('user.locked')
  if (isLocked) await guardLastAdministrator(trx, before, 'lock')
  const teams = isLocked ? await teamsLeftWithoutHolder(trx, before.id) : []
  const user: User = { ...described, version: before.version + 1, updated_at: scope.at }
  await updateRow(trx, user).catch((error: unknown) => {
    throw isUniqueViolation(error) ? taken(email, error) : error
  })
  await followInvitations(trx, before, user, scope)
  // After an unlock too: a sign-in that was under way during the lock may have left a session.
  if (before.status !== user.status) await endAccess(trx, user, scope.actor, scope.at)
  await Promise.all([
    ...events.map((action) =>
      record(trx, { ...scope, action, subjectKind: 'user', subjectId: user.id, detail: detailOf(action, before, user) }),
    ),
    announce(trx, { enterpriseId: user.enterprise_id, kind: 'user', subjectId: user.id, at: scope.at }),
  ])
  return { user, events, teams }
}

function statusAfter(before: User, active: boolean | undefined): UserStatus {
  if (active === undefined || active === (before.status !== 'locked')) return before.status
  if (!active) return 'locked'
  return before.registered_at === null ? 'invited' : 'active'
}

function eventsBetween(before: User, after: User): UserEvent[] {
  const events: UserEvent[] = []
  if (before.email !== after.email) events.push('user.renamed')
  if (
    before.external_id !== after.external_id ||
    before.display_name !== after.display_name ||
    before.email_differs !== after.email_differs ||
    before.resource !== after.resource
  ) {
    events.push('user.updated')
  }
  if (before.status !== after.status) events.push(after.status === 'locked' ? 'user.locked' : 'user.unlocked')
  return events
}

/** The link goes to the address that counts now, and to nobody while the user is locked. */
async function followInvitations(trx: Trx, before: User, after: User, scope: Scope) {
  const moved = before.email_key !== after.email_key
  if (before.status === 'invited' && (after.status === 'locked' || moved)) await cancelInvitations(trx, after.id, scope.at)
  if (after.status === 'invited' && (before.status === 'locked' || moved)) {
    await invite(trx, { id: after.id, enterpriseId: after.enterprise_id, email: after.email }, scope.at)
  }
}

/** PostgreSQL keeps JSON in an order of its own, so texts cannot be compared. */
function sameResource(a: string, b: string) {
  return a === b || isDeepStrictEqual(JSON.parse(a), JSON.parse(b))
}

function detailOf(action: UserEvent, before: User, after: User) {
  return action === 'user.renamed' ? { from: before.email, to: after.email } : { email: after.email, status: after.status }
}
