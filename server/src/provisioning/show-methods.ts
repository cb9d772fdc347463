import type { NodeReach } from '../nodes/reach.ts'
import type { Db, EmailPolicy, MethodState, Millis, PausedBy } from '../storage/database.ts'
import { countOperations, lastContact, methodsIn, type Operations } from './figures.ts'
import { findMethod, methodBaseUrl } from './methods.ts'
import { validTokens } from './tokens.ts'

/** A method as the console shows it. */
export interface MethodView {
  methodId: string
  nodeId: string
  nodeName: string
  kind: 'scim'
  state: MethodState
  pausedBy: PausedBy | null
  observe: boolean
  emailPolicy: EmailPolicy
  baseUrl: string
  createdAt: Millis
  savedAt: Millis | null
  tokens: { tokenId: string; hint: string; createdAt: Millis; expiresAt: Millis | null; lastUsedAt: Millis | null }[]
  lastContact: { at: Millis; operation: string; status: number } | null
  calledSinceSaved: boolean
  lastDay: Operations
  lastWeek: Operations
}

const DAY: Millis = 24 * 60 * 60 * 1000

/** The methods in these nodes, or one of them. What each costs, the lines of its last seven days decide. */
export async function showMethods(db: Db, publicUrl: string, reach: NodeReach, now: Millis, methodId?: string): Promise<MethodView[]> {
  const placed = await methodsIn(db, reach)
  const wanted = placed.filter((each) => methodId === undefined || each.methodId === methodId)
  // A moment more than now: the clock of another process may be ahead.
  const end = now + DAY
  const spans = wanted.flatMap(({ nodeId }) => [DAY, 7 * DAY].map((past) => ({ nodeId, from: now - past, to: end })))
  const counts = await countOperations(db, spans)
  return Promise.all(
    wanted.map(async ({ methodId: id, nodeId, nodeName }, index) => {
      const [method, tokens, contact] = await Promise.all([findMethod(db, id), validTokens(db, id, now), lastContact(db, nodeId)])
      const none = { operations: 0, failures: 0 }
      return {
        methodId: id,
        nodeId,
        nodeName,
        kind: method.kind,
        state: method.state,
        pausedBy: method.paused_by,
        observe: method.observe === 1,
        emailPolicy: method.email_policy,
        baseUrl: methodBaseUrl(publicUrl, nodeId),
        createdAt: method.created_at,
        savedAt: method.saved_at,
        tokens: tokens.map((token) => ({
          tokenId: token.id,
          hint: token.hint,
          createdAt: token.created_at,
          expiresAt: token.expires_at,
          lastUsedAt: token.last_used_at,
        })),
        lastContact: contact ?? null,
        calledSinceSaved: method.saved_at !== null && contact !== undefined && contact.at >= method.saved_at,
        lastDay: counts[2 * index] ?? none,
        lastWeek: counts[2 * index + 1] ?? none,
      }
    }),
  )
}
