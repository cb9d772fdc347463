import { type DoneEvent, leftOutWords, type Words } from './dialect.ts'
import type { Operation } from './directory.ts'
import { type Failure, reasonPhrase } from './failure.ts'

/** What an Entra administrator reads in the provisioning logs and after Test Connection. */
export function entraWords(app: string): Words {
  return {
    done: (event) => done(app, event),
    failed: ({ operation, subject, failure }) => failed(app, operation, subject, failure),
  }
}

const ACTS: Readonly<Record<Operation, string>> = {
  test: 'test the connection to',
  assign: "create User '%' in",
  update: "update User '%' in",
  deactivate: "disable User '%' in",
  reactivate: "enable User '%' in",
  delete: "delete User '%' in",
  'push-group': "create Group '%' in",
  'rename-group': "update Group '%' in",
  'add-members': "add members to Group '%' in",
  'remove-members': "remove members from Group '%' in",
  'unpush-group': "delete Group '%' in",
  import: 'discover the accounts of',
  send: 'send % to',
}

function failed(app: string, operation: Operation, subject: string, failure: Failure): string {
  if (operation === 'test') return testFailed(failure)
  const act = `${ACTS[operation].replace('%', subject)} ${app}`
  switch (failure.kind) {
    case 'unmatched':
      return `Skipped. Failed to ${act}: ${failure.detail}`
    case 'unreachable':
    case 'unreadable':
    case 'unsupported':
      return `Failure. Failed to ${act}. ${failure.detail} It will be retried in the next cycle.`
    case 'refused':
      return (
        `Failure. Failed to ${act}; Error: StatusCode: ${reasonPhrase(failure.status).replaceAll(' ', '')}, ` +
        `Error code: ${errorCode(failure)}, Message: ${failure.detail} It will be retried in the next cycle.`
      )
  }
}

function testFailed(failure: Failure): string {
  if (failure.status === 401 || failure.status === 403)
    return (
      'You appear to have entered invalid credentials. Please confirm you are using the correct information for an administrative account. ' +
      `Error code: SystemForCrossDomainIdentityManagementCredentialValidationUnavailable. Details: ${failure.detail}`
    )
  return `We received this unexpected response from your application: ${failure.detail}`
}

function errorCode(failure: Failure): string {
  if (failure.status === 409) return 'EntryConflict'
  if (failure.status !== null && failure.status >= 500) return 'SystemForCrossDomainIdentityManagementServiceUnavailable'
  return 'SystemForCrossDomainIdentityManagementBadRequest'
}

function done(app: string, { operation, subject, linked, leftOut, count, imported }: DoneEvent): string {
  switch (operation) {
    case 'test':
      return 'The supplied credentials are authorized to enable provisioning.'
    case 'assign':
      return `Success. User '${subject}' was ${linked ? 'matched and updated' : 'created'} in ${app}.`
    case 'update':
      return `Success. User '${subject}' was updated in ${app}.`
    case 'deactivate':
      return `Success. User '${subject}' was disabled in ${app}.`
    case 'reactivate':
      return `Success. User '${subject}' was enabled in ${app}.`
    case 'delete':
      return `Success. User '${subject}' was deleted in ${app}.`
    case 'push-group':
      return `Success. Group '${subject}' was ${linked ? 'matched' : 'created'} in ${app}, ${count} members.${leftOutWords(leftOut)}`
    case 'rename-group':
      return `Success. Group '${subject}' was updated in ${app}.`
    case 'add-members':
      return `Success. ${count} members were added to Group '${subject}' in ${app}.${leftOutWords(leftOut)}`
    case 'remove-members':
      return `Success. ${count} members were removed from Group '${subject}' in ${app}.${leftOutWords(leftOut)}`
    case 'unpush-group':
      return `Success. Group '${subject}' was deleted in ${app}.`
    case 'import':
      return `Account discovery: ${imported?.users ?? 0} users and ${imported?.groups ?? 0} groups in ${app}.`
    default:
      return `Success. ${subject}.`
  }
}
