/** What directories do, by its name in the log, in plain words. */
const operations: Readonly<Record<string, string>> = {
  'user.create': 'Create user',
  'user.update': 'Update user',
  'user.lock': 'Lock user',
  'user.unlock': 'Unlock user',
  'user.delete': 'Delete user',
  'user.restore': 'Restore user',
  'user.read': 'Read user',
  'user.list': 'Look for users',
  'team.create': 'Push group',
  'team.update': 'Update team',
  'team.archive': 'Archive team',
  'team.read': 'Read team',
  'team.list': 'Look for teams',
  search: 'Search',
  bulk: 'Many at once',
  discovery: 'Ask what is supported',
  'sign-in': 'Not let in',
  read: 'Read',
  request: 'Request',
}

/** An operation in plain words; the wire's own where it has none. */
export function operationWords(operation: string): string {
  return operations[operation] ?? operation
}

/** The operations that one can look for. */
export const operationChoices = Object.entries(operations).map(([value, label]) => ({ value, label }))
