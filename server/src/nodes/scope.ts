import type { Millis } from '../storage/database.ts'

/** A node that the caller has proven a right to. Minted only where a token, a session or the command line's own access was checked. */
export type ProvenNodeId = string & { readonly __proven: 'node' }

/** Where an act takes place, who acts (as the audit log names them), and when. */
export interface Scope {
  nodeId: ProvenNodeId
  enterpriseId: string
  actor: string
  at: Millis
}
