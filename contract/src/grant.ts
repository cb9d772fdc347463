import { z } from 'zod'
import { AutomatorId, EnterpriseLogId, FolderId, TeamId, UserId } from './ids.ts'
import { EncryptionKey } from './public-keys.ts'
import { HpkeSealed } from './sealed.ts'
import { Epoch, Millis, Suite } from './shape.ts'
import { readStatementBytes, type SignedStatement } from './signed-statement.ts'

/** Who gives a key: a certified person, or an automator of the log. */
export const Granter = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), id: UserId }),
  z.strictObject({ kind: z.literal('automator'), id: AutomatorId }),
])
export type Granter = z.infer<typeof Granter>

/** Who gets it. The public key stands in it because a person's key can be replaced: the grant is for this one. */
export const Grantee = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), id: UserId, encryptionKey: EncryptionKey }),
  z.strictObject({ kind: z.literal('automator'), id: AutomatorId, encryptionKey: EncryptionKey }),
  z.strictObject({ kind: z.literal('team'), id: TeamId, epoch: Epoch, encryptionKey: EncryptionKey }),
  z.strictObject({ kind: z.literal('approvers'), epoch: Epoch, encryptionKey: EncryptionKey }),
])
export type Grantee = z.infer<typeof Grantee>

const shared = { suite: Suite, enterprise: EnterpriseLogId, epoch: Epoch, to: Grantee, by: Granter, at: Millis, sealed: HpkeSealed }

/**
 * A key, sealed for one grantee and signed by the granter. Sealing to a public key needs no secret, so without the
 * signature a server could give a folder a key that it made itself, and read what people then put there.
 */
export const GrantStatement = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('team-key'), teamId: TeamId, teamKey: EncryptionKey, ...shared }),
  z.strictObject({ kind: z.literal('folder-key'), folderId: FolderId, ...shared }),
])
export type GrantStatement = z.infer<typeof GrantStatement>
export type TeamKeyGrant = Extract<GrantStatement, { kind: 'team-key' }>
export type FolderKeyGrant = Extract<GrantStatement, { kind: 'folder-key' }>

/** What a grant says; its signature is still to be checked. @throws ContractError `malformed` */
export function readGrant(grant: SignedStatement): GrantStatement {
  return readStatementBytes(GrantStatement, grant, 'a grant')
}
