import { approveTeam as approveTeamRoute } from '@claviger/contract/api/approvals.ts'
import { call } from '../api/call.ts'
import { currentApproverKey } from '../keys/recipients.ts'
import { grantTeamKey, makeTeamKey, publishTeamKey } from '../keys/team-key.ts'
import { stateNext } from '../log/log-statements.ts'
import { againOnConflict } from './again.ts'
import type { Approver } from './approver.ts'
import type { Keyring } from './keyring.ts'
import type { NamedTeam } from './report.ts'

/**
 * Makes the first key of a pending team, here and nowhere else (story 10), and gives it to the approvers.
 * @returns false where another approver was first
 * @throws ClientError `unknown_key` while the approver key is to be renewed; ContractError `not_permitted`; ApiError
 */
export function approveTeam(approver: Approver, keyring: Keyring, { teamId }: NamedTeam): Promise<boolean> {
  return againOnConflict(approver, async () => {
    const { state, granter, connection } = approver
    if (state.teamKeys.has(teamId)) return false
    const at = Date.now()
    const key = await makeTeamKey(state, teamId)
    const stated = await stateNext(state, approver.author('approver'), publishTeamKey(key), at)
    const grant = await grantTeamKey(stated.state, key, currentApproverKey(stated.state), granter, at)
    await call(connection, approveTeamRoute, { team: teamId, entries: [stated.entry], grant })
    await approver.refresh()
    keyring.add(key)
    return true
  })
}
