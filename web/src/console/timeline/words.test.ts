import { ACTIONS } from '@claviger/contract/api/console/actions.ts'
import { expect, test } from 'vitest'
import { activityWords, actorWords } from './words.ts'

const entry = { id: '1', at: 0, actor: { kind: 'command', id: null, name: null } }
const grace = { kind: 'user', id: '2', name: 'grace@example.com' }
const engineering = { kind: 'team', id: '3', name: 'Engineering' }

test('every action is told in words, also where its details are of an older server', () => {
  for (const action of ACTIONS) {
    const told = activityWords({ ...entry, action, subject: grace, detail: {} })
    expect(told, action).not.toContain(action)
    expect(told, action).toMatch(/^[A-Z].{5,}/)
  }
})

test('what was done is told with what it was done to, or without where that is plain', () => {
  const renamed = { ...entry, action: 'user.renamed', subject: grace, detail: { from: 'a@example.com', to: 'grace@example.com' } }
  expect(activityWords(renamed)).toBe('Changed the e-mail address from a@example.com to grace@example.com; keys and access stay')
  const locked = { ...entry, action: 'user.locked', subject: grace, detail: {} }
  expect(activityWords(locked)).toBe('Locked grace@example.com: every session ended')
  expect(activityWords(locked, 'the user')).toBe('Locked the user: every session ended')
  const members = { ...entry, action: 'membership.changed', subject: engineering, detail: { countAdded: 2, countRemoved: 1 } }
  expect(activityWords(members)).toBe('On Engineering: added 2 members, removed 1 member')
  const settings = { ...entry, action: 'enterprise.changed', subject: engineering, detail: { showNames: { from: false, to: true } } }
  expect(activityWords(settings)).toBe('Changed whether the console shows names from no to yes')
})

test('an action of a newer server is named as it is, and who is gone is said to be', () => {
  expect(activityWords({ ...entry, action: 'user.given-wings', subject: grace, detail: {} })).toBe('User given wings: grace@example.com')
  expect(actorWords({ kind: 'user', id: '9', name: null })).toBe('a user that is gone')
  expect(actorWords({ kind: 'directory', id: '9', name: 'Staff' })).toBe('the directory of Staff')
})
