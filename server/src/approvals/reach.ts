import type { LogState } from '@claviger/contract/log/state.ts'
import type { Db } from '../storage/database.ts'
import { type ApprovingCaller, approvedNodes, automatorOf, logRightsOf, requireLog } from './caller.ts'
import { allTeamsHeldBy } from './held-teams.ts'

/** For whom work is looked up. */
export interface Reach {
  readonly caller: ApprovingCaller
  readonly log: LogState
  /** By right: the nodes for each part of the work, as JSON; `[]` for none. */
  readonly nodes: { readonly people: string; readonly teams: string; readonly approvers: string; readonly memberships: string }
  /** The teams whose newest key the caller holds as a member, as JSON. */
  readonly held: string
}

/** How far a caller reaches now. */
export async function reachOf(db: Db, caller: ApprovingCaller): Promise<Reach> {
  const log = await requireLog(db, caller)
  const held = JSON.stringify(await allTeamsHeldBy(db, caller))
  const nodes = JSON.stringify([...(await approvedNodes(db, caller, log, ['certify', 'teams', 'memberships']))])
  // What the log would refuse is nobody's work.
  if (caller.kind === 'user') {
    const certifies = logRightsOf(log, caller.userId).includes('certify') ? nodes : '[]'
    return { caller, log, held, nodes: { people: certifies, teams: certifies, approvers: nodes, memberships: nodes } }
  }
  const rights = automatorOf(log, caller.automatorId)?.scope.rights ?? []
  const [people, teams, memberships] = (['certify', 'teams', 'memberships'] as const).map((right) =>
    rights.includes(right) ? nodes : '[]',
  )
  return {
    caller,
    log,
    held,
    nodes: { people: people ?? '[]', teams: teams ?? '[]', approvers: nodes, memberships: memberships ?? '[]' },
  }
}
