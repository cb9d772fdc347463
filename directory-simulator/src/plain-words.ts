import { leftOutWords, type Words } from './dialect.ts'
import type { Operation } from './directory.ts'
import { type Failure, reasonPhrase } from './failure.ts'

interface Phrases {
  app: string
  /** After a test that passed. */
  tested: string
  /** Before the reason of a test that failed. */
  testFailed: string
  /** The label of a task that failed, and of one that worked. */
  failed: string
  worked: string
}

const ACTS: Readonly<Record<Operation, string>> = {
  test: 'test the connection',
  assign: 'create user',
  update: 'update user',
  deactivate: 'suspend user',
  reactivate: 'reactivate user',
  delete: 'delete user',
  'push-group': 'create group',
  'rename-group': 'rename group',
  'add-members': 'add members to group',
  'remove-members': 'remove members from group',
  'unpush-group': 'delete group',
  import: 'import',
  send: 'send',
}

/** The words of a directory that shows each task with its state and the server's answer. */
export function plainWords(phrases: Phrases): Words {
  return {
    done: ({ operation, subject, linked, leftOut, count, imported }) => {
      if (operation === 'test') return phrases.tested
      if (operation === 'import')
        return `${phrases.worked}: ${imported?.users ?? 0} users and ${imported?.groups ?? 0} groups read from ${phrases.app}.`
      const act = linked ? 'link and update' : ACTS[operation]
      const members = operation === 'push-group' || operation.endsWith('-members') ? `, ${count} members` : ''
      return `${phrases.worked}: ${act} ${subject} in ${phrases.app}${members}.${leftOutWords(leftOut)}`
    },
    failed: ({ operation, subject, failure }) => {
      if (operation === 'test') return `${phrases.testFailed}: ${causeWords(failure)}`
      return `${phrases.failed}: ${[ACTS[operation], subject].join(' ').trim()} in ${phrases.app}. ${causeWords(failure)}`
    },
  }
}

function causeWords(failure: Failure): string {
  return failure.kind === 'refused' ? `${failure.status} ${reasonPhrase(failure.status)}: ${failure.detail}` : failure.detail
}
