import { SealedIdentity } from '@claviger/contract/envelopes.ts'
import { UserId } from '@claviger/contract/ids.ts'
import { SignedStatement } from '@claviger/contract/signed-statement.ts'
import type { Db } from '../storage/database.ts'

/** A registered user's account. */
export interface Account {
  readonly userId: UserId
  /** Its public fields are the user's public identity. */
  readonly identity: SealedIdentity
  /** null: no password. */
  readonly opaqueRecord: string | null
  readonly recoveryHash: string | null
  readonly deviceList: SignedStatement | null
  readonly deviceListVersion: number
}

/** The account of a user; undefined before registration. */
export async function findAccount(db: Db, userId: string): Promise<Account | undefined> {
  const row = await db.selectFrom('accounts').selectAll().where('user_id', '=', userId).executeTakeFirst()
  return (
    row && {
      userId: UserId.parse(row.user_id),
      identity: SealedIdentity.parse(JSON.parse(row.identity)),
      opaqueRecord: row.opaque_record,
      recoveryHash: row.recovery_hash,
      deviceList: row.device_list === null ? null : SignedStatement.parse(JSON.parse(row.device_list)),
      deviceListVersion: row.device_list_version,
    }
  )
}
