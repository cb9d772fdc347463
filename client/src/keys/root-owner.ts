import type { EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import type { Secret } from './secret.ts'

/** The one secret of a user: whoever has it opens the identity, and with that everything that is shared with them. */
export type UserRoot = Secret<'user-root'>

/** Whose root, of which enterprise. */
export interface RootOwner {
  readonly enterprise: EnterpriseLogId
  readonly userId: UserId
}
