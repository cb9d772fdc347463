import { ContractError } from '@claviger/contract/errors.ts'
import type { Granter } from '@claviger/contract/grant.ts'
import type { TeamId, UserId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { MOST_GRANTS } from '@claviger/contract/log/statement.ts'
import { granterTo, hasStated, isRootOf } from '@claviger/contract/log/team-key-holder.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'

/** Grants that lead from a user to `holder`, the user's own first. */
interface Way {
  readonly holder: Granter
  readonly heldBy: readonly SignedStatement[]
}

/**
 * The fewest of `grants` by which every reader of the log sees that the user holds the team's newest key: what
 * `publishTeamKey` (keys/team-key.ts) wants of a member; none for who stated that key. Null where readers would refuse it,
 * and an approver must make the next key. Grants that say or prove nothing of the sort are passed over.
 */
export async function findHeldBy(
  state: LogState,
  teamId: TeamId,
  userId: UserId,
  grants: readonly SignedStatement[],
): Promise<readonly SignedStatement[] | null> {
  const self: Granter = { kind: 'user', id: userId }
  if (!state.certificates.has(userId)) return null
  if (hasStated(state, teamId, self)) return []
  const reached = new Set<string>([userId])
  let ways: readonly Way[] = [{ holder: self, heldBy: [] }]
  for (let length = 1; length <= MOST_GRANTS; length++) {
    const longer = (await Promise.all(ways.map((way) => lengthen(state, teamId, way, grants)))).flat()
    const found = longer.find(({ holder }) => !reached.has(holder.id) && isRootOf(state, teamId, holder))
    if (found !== undefined) return found.heldBy
    ways = longer.filter(({ holder: { id } }) => !reached.has(id) && reached.add(id))
  }
  return null
}

async function lengthen(state: LogState, teamId: TeamId, { holder, heldBy }: Way, grants: readonly SignedStatement[]): Promise<Way[]> {
  const ways: Way[] = []
  for (const grant of grants) {
    const granter = await granterOrNull(state, teamId, holder, grant)
    if (granter !== null) ways.push({ holder: granter, heldBy: [...heldBy, grant] })
  }
  return ways
}

async function granterOrNull(state: LogState, teamId: TeamId, holder: Granter, grant: SignedStatement): Promise<Granter | null> {
  try {
    return await granterTo(state, teamId, holder, grant)
  } catch (refusal) {
    if (refusal instanceof ContractError) return null
    throw refusal
  }
}
