import type { Action } from '@claviger/contract/api/console/actions.ts'
import type { ActivityEntry, Named } from '@claviger/contract/api/console/timeline.ts'

type Detail = Readonly<Record<string, unknown>>
/** A sentence without its subject: what was done to `what`. */
type Words = (what: string, detail: Detail) => string

const words: Readonly<Record<Action, Words>> = {
  'enterprise.created': (what) => `Founded ${what}`,
  'enterprise.changed': (_, detail) => changedSettings(detail),
  'log.appended': () => 'Added signed entries to the enterprise log',
  'approvers.granted': () => 'Gave approvers the keys of teams',
  'node.added': (what) => `Added ${what}`,
  'node.renamed': (_, { from, to }) => `Renamed the node from ${from} to ${to}`,
  'node.removed': (what, { name }) => `Removed the node ${name ?? what}`,
  'method.added': (what) => `Added the provisioning method of ${what}`,
  'method.saved': (what) => `Saved the provisioning method of ${what}`,
  'method.changed': (what) => `Changed the provisioning method of ${what}`,
  'method.paused': (what, { by }) =>
    `Paused the provisioning method of ${what}${by === 'limits' ? ': the directory would have passed its limits' : ''}`,
  'method.resumed': (what) => `Resumed the provisioning method of ${what}`,
  'method.limits-changed': (what) => `Changed the limits of the provisioning method of ${what}`,
  'method.observe-started': (what) => `Began to only observe the directory of ${what}`,
  'method.observe-ended': (what) => `Ended observing the directory of ${what}: what it sends is applied`,
  'method.removals-approved': (what, { requests }) => `Applied ${count(requests, 'held removal')} of the directory of ${what}`,
  'method.removals-rejected': (what, { requests }) => `Rejected ${count(requests, 'held removal')} of the directory of ${what}`,
  'user.removal-rejected': (what) => `Rejected what the directory would have taken from ${what}`,
  'team.removal-rejected': (what) => `Rejected what the directory would have taken from ${what}`,
  'token.issued': (what) => `Issued a provisioning token for ${what}`,
  'token.revoked': (what) => `Revoked a provisioning token of ${what}`,
  'user.created': (what) => `Created ${what}`,
  'user.updated': (what) => `Updated the attributes of ${what}`,
  'user.renamed': (_, { from, to }) => `Changed the e-mail address from ${from} to ${to}; keys and access stay`,
  'user.locked': (what) => `Locked ${what}: every session ended`,
  'user.unlocked': (what) => `Unlocked ${what}`,
  'user.moved': (what) => `Moved ${what} to another node`,
  'user.deleted': (what) => `Deleted ${what}: locked, taken off every team, kept for the retention time`,
  'user.restored': (what) => `Gave ${what} the account back`,
  'user.purged': (what) => `Removed ${what} for good: the retention time is over`,
  'user.registered': (what) => `Created the account of ${what}`,
  'user.appointed': (what, { to }) => `Made ${what} an administrator (${roleWords(to)})`,
  'user.role-changed': (what, { from, to }) => `Changed the role of ${what} from ${roleWords(from)} to ${roleWords(to)}`,
  'user.dismissed': (what, { from }) => `Took the role of an administrator (${roleWords(from)}) from ${what}`,
  'user.password-changed': (what) => `Changed the password of ${what}`,
  'user.recovery-code-renewed': (what) => `Made a new recovery code for ${what}`,
  'user.recovered': (what, { by }) => `Let ${what} back in${by === 'code' ? ', by the recovery code' : ', by the recovery key'}`,
  'user.opened-by-recovery-key': (what, detail) =>
    `Opened ${what} with the recovery key, ${detail['for'] === 'transfer' ? 'to transfer the vault' : 'to let a device in'}`,
  'user.vault-transferred': (what, { folders }) => `Transferred ${count(folders, 'folder')} of ${what}`,
  'second-factor.added': (what, { kind }) => `Added a second factor for ${what} (${factorWords(kind)})`,
  'second-factor.removed': (what, { kind }) => `Removed a second factor of ${what} (${factorWords(kind)})`,
  'invitation.sent': (what) => `Mailed the invitation to ${what}`,
  'invitation.failed': (what) => `Could not mail the invitation to ${what}`,
  'invitation.resent': (what) => `Sent the invitation of ${what} anew`,
  'notice.sent': (what) => `Mailed a notice to ${what}`,
  'notice.failed': (what) => `Could not mail a notice to ${what}`,
  'device.requested': () => 'A new device asked to be let in',
  'device.approved': () => 'Let a device in',
  'device.denied': () => 'Did not let a device in',
  'device.cancelled': () => 'Took the request of a device back',
  'device.added': () => 'Added a device',
  'device.removed': () => 'Removed a device',
  'session.started': () => 'Signed in',
  'session.ended': () => 'Signed out',
  'team.created': (what) => `Created ${what}`,
  'team.renamed': (_, { from, to }) => `Renamed the team from ${from} to ${to}`,
  'team.updated': (what) => `Changed the directory’s own id of ${what}`,
  'team.approved': (what) => `Approved ${what}: its first key was made`,
  'team.rotated': (what, { epoch }) => `Made the next key of ${what}${typeof epoch === 'number' ? ` (epoch ${epoch})` : ''}`,
  'team.archived': (what) => `Archived ${what}`,
  'team.restored': (what) => `Brought ${what} back with its members and folders; its next key is due`,
  'team.purged': (what, { name }) => `Purged ${name ?? what} for good`,
  'membership.changed': (what, detail) => memberWords(what, detail),
  'membership.approved': (what, detail) => approvedWords(what, detail),
  'automator.enrolled': (what) => `Enrolled ${what}`,
  'automator.removed': (what) => `Removed ${what}`,
  'folder.created': () => 'Created a folder',
  'folder.renamed': () => 'Renamed a folder',
  'folder.shared': (_, detail) => `Shared a folder with ${granteeWords(detail)}`,
  'folder.unshared': (_, detail) => `Ended the sharing of a folder with ${granteeWords(detail)}`,
  'folder.rotated': () => 'Made the next key of a folder',
  'folder.binned': () => 'Put a folder in the bin',
  'folder.restored': () => 'Took a folder out of the bin',
  'folder.purged': () => 'Removed a folder for good',
  'folder.inherited': () => 'Passed a folder on to the next in line: its owner is gone',
  'folder.transferred': () => 'Gave a folder to another owner',
  'record.added': () => 'Added a record',
  'records.added': (_, detail) => `Added ${count(detail['count'], 'record')}`,
  'record.opened': () => 'Opened a record',
  'record.saved': () => 'Changed a record',
  'record.moved': () => 'Moved a record to another folder',
  'record.arrived': () => 'Moved a record here from another folder',
  'record.binned': () => 'Put a record in the bin',
  'record.restored': () => 'Took a record out of the bin',
  'record.purged': () => 'Removed a record for good',
  'attachment.added': () => 'Attached a file to a record',
  'attachment.removed': () => 'Removed a file from a record',
}

/**
 * What an entry of the audit log tells, in plain words, without who did it: `Locked grace@example.com: every session ended`.
 * @param what how the subject is called where it is plain which one is meant, as in a user's own timeline: `the user`
 */
export function activityWords({ action, subject, detail }: ActivityEntry, what: string = subjectWords(subject)): string {
  return isAction(action) ? words[action](what, detail) : unknownWords(action, what)
}

/** What an action is called by itself, as in a filter: `User locked`. */
export function actionLabel(action: string): string {
  const text = action.replace('.', ' ').replaceAll('-', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Who did it: `ada@example.com`, `the directory of Staff`, `the command line`. */
export function actorWords({ kind, name }: Named): string {
  if (kind === 'directory') return name === null ? 'a directory that is not connected any more' : `the directory of ${name}`
  if (kind === 'automator') return name === null ? 'an automator that was removed' : `the automator ${name}`
  if (kind === 'command') return 'the command line'
  if (kind === 'server') return 'the server'
  return name ?? `a ${kind} that is gone`
}

/** What it was done to. */
export function subjectWords({ kind, name }: Named): string {
  const article = /^[aeio]/.test(kind) ? 'an' : 'a'
  return name ?? (['device', 'session', 'folder', 'record'].includes(kind) ? `${article} ${kind}` : `${article} ${kind} that is gone`)
}

function isAction(action: string): action is Action {
  return Object.hasOwn(words, action)
}

/** Of a newer server than this page. */
function unknownWords(action: string, what: string): string {
  return `${actionLabel(action)}: ${what}`
}

const roles: Readonly<Record<string, string>> = {
  full: 'full',
  'users-and-teams': 'users and teams',
  approvals: 'approvals',
  'read-only': 'read only',
}

/** How a role is called on screens. */
export function roleWords(role: unknown): string {
  return roles[String(role)] ?? String(role)
}

function factorWords(kind: unknown): string {
  return kind === 'totp' ? 'authenticator app' : 'passkey'
}

/** `3 folders`. */
function count(number: unknown, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`
}

function memberWords(what: string, { countAdded: added, countRemoved: removed }: Detail): string {
  const parts = [
    typeof added === 'number' && added > 0 && `added ${count(added, 'member')}`,
    typeof removed === 'number' && removed > 0 && `removed ${count(removed, 'member')}`,
  ].filter((part) => typeof part === 'string')
  return parts.length === 0 ? `Changed the members of ${what}` : `On ${what}: ${parts.join(', ')}`
}

function approvedWords(what: string, { approved, renewed }: Detail): string {
  const parts = [
    Array.isArray(approved) && approved.length > 0 && `admitted ${count(approved.length, 'member')}`,
    Array.isArray(renewed) && renewed.length > 0 && `gave ${count(renewed.length, 'member')} the newest key`,
  ].filter((part) => typeof part === 'string')
  return `On ${what}: ${parts.join(', ') || 'approved members'}`
}

function granteeWords({ with: grantee }: Detail): string {
  const kind = String(grantee).split(':')[0]
  return kind === 'user' || kind === 'team' ? `a ${kind}` : String(grantee)
}

const settingNames: Readonly<Record<string, string>> = {
  enterpriseName: 'the enterprise’s name',
  retentionDays: 'how many days deleted users are kept',
  invitationDays: 'how many days an invitation can be accepted',
  showNames: 'whether the console shows names',
}

function changedSettings(detail: Detail): string {
  const parts = Object.entries(detail).map(([name, change]) => `${settingNames[name] ?? name}${fromTo(change)}`)
  return parts.length === 0 ? 'Changed the settings' : `Changed ${parts.join(' and ')}`
}

function fromTo(change: unknown): string {
  if (typeof change !== 'object' || change === null || !('from' in change) || !('to' in change)) return ''
  const shown = (value: unknown) => (value === true ? 'yes' : value === false ? 'no' : String(value))
  return ` from ${shown(change.from)} to ${shown(change.to)}`
}
