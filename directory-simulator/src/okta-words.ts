import { type DoneEvent, leftOutWords, type Words } from './dialect.ts'
import { type Failure, reasonPhrase } from './failure.ts'

/** What an Okta administrator reads under Tasks, in the Push Groups tab, and in the test dialog. */
export function oktaWords(app: string): Words {
  return {
    done: (event) => done(app, event),
    failed: ({ operation, subject, failure }) => {
      const cause = causeWords(failure)
      switch (operation) {
        case 'test':
          return `Error authenticating: ${cause}`
        case 'assign':
          return `Automatic provisioning of user ${subject} to app ${app} failed: Error while creating user ${subject}: ${cause}`
        case 'update':
          return `Automatic profile push of user ${subject} to app ${app} failed: Error while trying to push profile update for ${subject}: ${cause}`
        case 'deactivate':
          return `Automatic deprovisioning of user ${subject} to app ${app} failed: Error while deactivating user ${subject}: ${cause}`
        case 'reactivate':
          return `Automatic reactivation of user ${subject} to app ${app} failed: Error while reactivating user ${subject}: ${cause}`
        case 'push-group':
          return `Unable to update Group Push mapping target App group ${subject}: Error while creating user group ${subject}: ${cause}`
        case 'rename-group':
        case 'add-members':
        case 'remove-members':
          return `Unable to update Group Push mapping target App group ${subject}: Error while updating user group ${subject}: ${cause}`
        case 'unpush-group':
          return `Unable to delete Group Push mapping target App group ${subject}: Error while deleting user group ${subject}: ${cause}`
        case 'import':
          return `Import from ${app} failed: ${cause}`
        default:
          return `${subject}: ${cause}`
      }
    },
  }
}

function causeWords(failure: Failure): string {
  if (failure.kind !== 'refused') return failure.detail
  return `${reasonPhrase(failure.status)}. Errors reported by remote server: ${failure.detail}`
}

function done(app: string, { operation, subject, linked, leftOut, count, imported }: DoneEvent): string {
  switch (operation) {
    case 'test':
      return `${app} was verified successfully!`
    case 'assign':
      return linked
        ? `${subject} was already in ${app}: Okta linked the account and pushed the profile.`
        : `${subject} was assigned and created in ${app}.`
    case 'update':
      return `The profile of ${subject} was pushed to ${app}.`
    case 'deactivate':
      return `${subject} was deactivated in ${app}.`
    case 'reactivate':
      return `${subject} was reactivated in ${app}.`
    case 'push-group':
      return `Group ${subject}: ${linked ? 'linked' : 'created'}, push status Active, ${count} ${count === 1 ? 'member' : 'members'}.${leftOutWords(leftOut)}`
    case 'rename-group':
      return `Group ${subject}: renamed, push status Active.`
    case 'add-members':
      return `Group ${subject}: ${count} added, push status Active.${leftOutWords(leftOut)}`
    case 'remove-members':
      return `Group ${subject}: ${count} removed, push status Active.${leftOutWords(leftOut)}`
    case 'unpush-group':
      return `Group ${subject}: unlinked, and deleted in ${app}.`
    case 'import':
      return `Import from ${app} complete: ${imported?.users ?? 0} users and ${imported?.groups ?? 0} groups scanned.`
    default:
      return `${subject}: done.`
  }
}
