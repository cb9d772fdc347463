import type { TreeNode } from './tree-rows.ts'

/** `12 active, 3 invited`. */
export function userWords({ active, invited, locked }: TreeNode['users']): string {
  return counted({ active, invited, locked }) || 'no users'
}

/** `4 teams, 1 pending`. */
export function teamWords({ active, pending }: TreeNode['teams']): string {
  const all = active + pending
  if (all === 0) return 'no teams'
  return `${all === 1 ? '1 team' : `${all.toLocaleString('en')} teams`}${pending === 0 ? '' : `, ${pending.toLocaleString('en')} pending`}`
}

const states = { draft: 'SCIM draft', active: 'SCIM active', paused: 'SCIM paused' } as const

/** The state of a node's method, as the tree says it. */
export function methodWords(state: keyof typeof states): string {
  return states[state]
}

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count.toLocaleString('en')} ${state}`)
    .join(', ')
}
