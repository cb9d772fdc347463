import { z } from 'zod'
import { NodeId, TeamId, UserId } from '../ids.ts'
import { Millis } from '../shape.ts'
import { route } from './route.ts'

/** What can wait: a team for its first key, a person for a certificate, keys of the log for their next epoch, … */
export const PendingKind = z.enum(['log-key', 'team', 'membership', 'rotation', 'folder-rotation', 'device', 'user'])
export type PendingKind = z.infer<typeof PendingKind>

/** Why it waits, for programs; `reason` says it in words. */
export const PendingCode = z.enum([
  'no-keys',
  'team-pending',
  'not-registered',
  'invitation-expired',
  'mail-failed',
  'locked',
  'not-verified',
  'waits-for-approver',
  'renewal-due',
  'rotation-due',
])
export type PendingCode = z.infer<typeof PendingCode>

/** Somebody who can end the wait. `online`: seen within the last minutes. */
export const Unblocker = z.strictObject({
  kind: z.enum(['administrator', 'member', 'automator', 'user']),
  id: z.string(),
  /** The e-mail address, or the automator's name. */
  name: z.string(),
  online: z.boolean(),
})
export type Unblocker = z.infer<typeof Unblocker>

/** One thing that waits. Which ids it has follows from its kind. */
export const PendingItem = z.strictObject({
  kind: PendingKind,
  code: PendingCode,
  /** In plain words: what waits for what. */
  reason: z.string(),
  since: Millis,
  nodeId: NodeId.nullable(),
  teamId: TeamId.nullable(),
  team: z.string().nullable(),
  userId: UserId.nullable(),
  email: z.string().nullable(),
  /** Of a device request or a folder. */
  subjectId: z.string().nullable(),
  /** At most 20, who is online first; `others` counts the rest. */
  unblockedBy: z.array(Unblocker),
  others: z.int().min(0),
  /** The caller can end it, named among them or not. */
  byYou: z.boolean(),
})
export type PendingItem = z.infer<typeof PendingItem>

/**
 * What waits, why, and who can end the wait: for administrators in their nodes; for members what they wait for, and whom
 * they could admit. At most `limit` of each kind, oldest first; of a `kind` in `more` there are others: ask for that
 * kind alone, with `after`. `user` and `team` narrow it to what waits for that person, or on that team.
 */
export const readPending = route({
  method: 'GET',
  path: '/api/v1/pending',
  asker: 'user',
  input: z.object({
    kind: PendingKind.optional(),
    user: UserId.optional(),
    team: TeamId.optional(),
    after: z.string().max(100).optional(),
    limit: z.coerce.number().pipe(z.int().min(1).max(500)).optional(),
  }),
  answer: z.strictObject({
    items: z.array(PendingItem),
    more: z.array(z.strictObject({ kind: PendingKind, after: z.string() })),
  }),
})
