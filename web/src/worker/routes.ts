import { me } from '@claviger/contract/api/accounts.ts'
import { deleteUser, listAdministrators, lockUser, unlockUser } from '@claviger/contract/api/administration.ts'
import { listAutomators } from '@claviger/contract/api/automators.ts'
import { listActivity } from '@claviger/contract/api/console/activity.ts'
import * as methods from '@claviger/contract/api/console/methods.ts'
import * as nodes from '@claviger/contract/api/console/nodes.ts'
import { readOverview } from '@claviger/contract/api/console/overview.ts'
import { listProvisioningLog } from '@claviger/contract/api/console/provisioning-log.ts'
import * as safety from '@claviger/contract/api/console/safety.ts'
import { searchAll } from '@claviger/contract/api/console/search.ts'
import { changeSettings, readSettings } from '@claviger/contract/api/console/settings.ts'
import { readSignOn } from '@claviger/contract/api/console/sign-on.ts'
import * as teams from '@claviger/contract/api/console/teams.ts'
import { actOnUsers, moveUser, resendInvitation, restoreUser } from '@claviger/contract/api/console/user-acts.ts'
import * as users from '@claviger/contract/api/console/users.ts'
import { readPending } from '@claviger/contract/api/pending.ts'
import { listRecoveryRequests } from '@claviger/contract/api/recovery.ts'
import * as factors from '@claviger/contract/api/second-factors.ts'
import type { z } from 'zod'

/** The operations of the JSON API that pages ask for by name: shapes cannot be sent to a Worker. */
export const routes = {
  ...{ me, readPending, readOverview, searchAll, readSettings, changeSettings, listActivity, listProvisioningLog },
  ...{ listNodes: nodes.listNodes, readNode: nodes.readNode, addNode: nodes.addNode },
  ...{ renameNode: nodes.renameNode, removeNode: nodes.removeNode },
  ...{ listMethods: methods.listMethods, addMethod: methods.addMethod, readMethod: methods.readMethod },
  ...{ saveMethod: methods.saveMethod, pauseMethod: methods.pauseMethod, resumeMethod: methods.resumeMethod },
  ...{ setEmailPolicy: methods.setEmailPolicy, rotateToken: methods.rotateToken, revokeToken: methods.revokeToken },
  ...{ readSafety: safety.readSafety, setLimits: safety.setLimits, setObserve: safety.setObserve },
  ...{ listHeld: safety.listHeld, applyHeld: safety.applyHeld, rejectHeld: safety.rejectHeld, listObserved: safety.listObserved },
  ...{ listUsers: users.listUsers, readUser: users.readUser, listUserTeams: users.listUserTeams },
  ...{ readUserTimeline: users.readUserTimeline, resendInvitation, moveUser, actOnUsers, lockUser, unlockUser, deleteUser, restoreUser },
  ...{ listTeams: teams.listTeams, readTeam: teams.readTeam, listTeamMembers: teams.listTeamMembers },
  ...{ readTeamTimeline: teams.readTeamTimeline, purgeTeam: teams.purgeTeam, restoreTeam: teams.restoreTeam },
  ...{ listRecoveryRequests, listAdministrators, listAutomators, readSignOn },
  ...{ listSecondFactors: factors.listSecondFactors, startTotp: factors.startTotp, startPasskey: factors.startPasskey },
  ...{ confirmSecondFactor: factors.confirmSecondFactor, removeSecondFactor: factors.removeSecondFactor },
} as const

export type RouteName = keyof typeof routes
export type InputOf<Name extends RouteName> = z.infer<(typeof routes)[Name]['input']>
export type AnswerOf<Name extends RouteName> = z.infer<(typeof routes)[Name]['answer']>
