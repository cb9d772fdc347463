import type { Asker } from '@claviger/contract/api/route.ts'
import type { EnterpriseLogId } from '@claviger/contract/ids.ts'
import type { Millis } from '../storage/database.ts'

/** Somebody signed in, proven by the session's token. */
export interface UserCaller {
  readonly kind: 'user'
  readonly userId: string
  readonly email: string
  readonly enterpriseId: string
  /** The enterprise's log: a session exists only after its set-up. */
  readonly enterprise: EnterpriseLogId
  readonly nodeId: string
  readonly sessionId: string
  readonly deviceId: string | null
  readonly provenAt: Millis
  /** As the audit log names them. */
  readonly actor: string
}

/** An automator, proven by its token. What it may do, the log says. */
export interface AutomatorCaller {
  readonly kind: 'automator'
  readonly automatorId: string
  readonly enterpriseId: string
  readonly enterprise: EnterpriseLogId
  readonly actor: string
}

export type ApproverCaller = UserCaller | AutomatorCaller

/** Who can stand behind a request of a route, by its asker. */
export type CallerOf<Who extends Asker> = Who extends 'anyone' ? null : Who extends 'approver' ? ApproverCaller : UserCaller
