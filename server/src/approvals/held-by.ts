import { MOST_GRANTS } from '@claviger/contract/log/statement.ts'
import { SignedStatement } from '@claviger/contract/signed-statement.ts'
import type { Db } from '../storage/database.ts'

/**
 * The grants by which a member holds a team's key of this epoch: their own, their granter's, and so on up to an approver or
 * as far as the log takes them. Who has left since took the grant along, and the chain ends there.
 */
export async function grantsAbove(db: Db, teamId: string, epoch: number, userId: string): Promise<SignedStatement[]> {
  const grants: SignedStatement[] = []
  const seen = new Set<string>()
  for (let holder: string | null = userId; holder !== null && grants.length < MOST_GRANTS && !seen.has(holder); ) {
    seen.add(holder)
    const row: { key_grant: string | null; granted_by: string | null } | undefined = await db
      .selectFrom('memberships')
      .select(['key_grant', 'granted_by'])
      .where('team_id', '=', teamId)
      .where('user_id', '=', holder)
      .where('epoch', '=', epoch)
      .executeTakeFirst()
    if (!row?.key_grant) break
    grants.push(SignedStatement.parse(JSON.parse(row.key_grant)))
    holder = row.granted_by?.startsWith('user:') ? row.granted_by.slice('user:'.length) : null
  }
  return grants
}
