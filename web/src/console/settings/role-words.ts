import type { AdministratorRole } from '@claviger/contract/api/administration.ts'

/** The roles, from the most to the least, with what each may do in a node and all under it. */
export const roles: readonly { readonly role: AdministratorRole; readonly name: string; readonly may: string }[] = [
  {
    role: 'full',
    name: 'full administrator',
    may: 'Everything: nodes, provisioning methods, administrators, users, teams. At the root also settings, policy and recovery.',
  },
  {
    role: 'users-and-teams',
    name: 'administrator of users and teams',
    may: 'Locks, unlocks, moves, invites and deletes users, purges teams, and approves.',
  },
  { role: 'approvals', name: 'approver', may: 'Approves teams, memberships, people and devices, and sees everything.' },
  { role: 'read-only', name: 'read-only administrator', may: 'Sees everything, changes nothing.' },
]

/** `full administrator`. */
export function roleName(role: AdministratorRole): string {
  return roles.find((each) => each.role === role)?.name ?? role
}
