import type { RouteName } from '../../worker/routes.ts'

/** Which questions have another answer after a change of a kind. A kind that is not here, of a newer server, may concern all. */
const questions: Readonly<Record<string, readonly RouteName[]>> = {
  enterprise: ['me', 'readSettings', 'readOverview'],
  node: ['listNodes', 'readNode', 'readOverview', 'searchAll', 'listMethods'],
  method: [
    ...(['listMethods', 'readMethod', 'listNodes', 'readNode', 'readOverview', 'listProvisioningLog', 'listActivity'] as const),
    ...(['readSafety', 'listHeld', 'listObserved'] as const),
  ],
  user: [
    ...(['listUsers', 'readUser', 'listUserTeams', 'readUserTimeline', 'listTeamMembers', 'listNodes', 'readNode'] as const),
    ...(['readOverview', 'readPending', 'searchAll', 'listProvisioningLog', 'listActivity', 'listAdministrators'] as const),
  ],
  team: [
    ...(['listTeams', 'readTeam', 'listTeamMembers', 'readTeamTimeline', 'listUserTeams', 'listUsers', 'listNodes'] as const),
    ...(['readNode', 'readOverview', 'readPending', 'searchAll', 'listProvisioningLog', 'listActivity'] as const),
  ],
  invitation: ['listUsers', 'readUser', 'readUserTimeline', 'readPending', 'listActivity'],
  log: ['readPending', 'readUser', 'listUsers', 'listActivity', 'readOverview', 'listAdministrators', 'listAutomators'],
  account: ['me', 'listRecoveryRequests', 'readUser', 'readPending', 'readOverview', 'listActivity', 'readUserTimeline'],
  folder: [],
  automator: ['listAutomators', 'readPending', 'listActivity'],
}

/** The questions to ask anew after changes of these kinds; null: all of them. */
export function questionsAbout(kinds: Iterable<string>): ReadonlySet<RouteName> | null {
  const names = new Set<RouteName>()
  for (const kind of kinds) {
    const about = questions[kind]
    if (about === undefined) return null
    for (const name of about) names.add(name)
  }
  return names
}
