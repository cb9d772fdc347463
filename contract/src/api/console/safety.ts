import { z } from 'zod'
import { Millis, wholeFrom } from '../../shape.ts'
import { route } from '../route.ts'
import { Done } from '../sessions.ts'
import { Asked, paging, places } from './listing.ts'

const MethodId = z.uuidv7()
const HeldId = z.uuidv7()
const Count = wholeFrom(0)

/** How much a directory may take from the people of its node before an administrator is asked. */
export const Limits = z.strictObject({
  on: z.boolean(),
  /** Distinct people within the window, registered or not. */
  people: z.int().min(1).max(1_000_000),
  /** Of the registered people of the node, within the window. Counts once more than five of them lose something. */
  percent: z.int().min(1).max(100),
  windowMinutes: z.int().min(1).max(10_080),
})
export type Limits = z.infer<typeof Limits>

/** Who paused a method: an administrator, or its own limits (the breaker). */
export const PausedBy = z.enum(['administrator', 'breaker'])
export type PausedBy = z.infer<typeof PausedBy>

/** How a method is kept safe, and how it stands now. */
export const MethodSafety = z.strictObject({
  limits: Limits,
  /** Nothing of the directory is applied: it is only written down. */
  observe: z.boolean(),
  pausedBy: PausedBy.nullable(),
  pausedAt: Millis.nullable(),
  /** Whom the directory took something from within the window: distinct people, and those of them who have registered, of how many. */
  taken: z.strictObject({ people: Count, registered: Count, registeredOf: Count }),
  /** What waits for a decision: requests, the distinct people whom they would take something from, and the newest of them. */
  held: z.strictObject({
    requests: Count,
    people: Count,
    newest: HeldId.nullable(),
    /** Of the requests, those that are approved and not applied yet: somebody applies them now, or was interrupted. */
    approved: Count,
  }),
})
export type MethodSafety = z.infer<typeof MethodSafety>

export const HeldState = z.enum(['held', 'approved', 'applied', 'failed', 'rejected', 'superseded'])
export type HeldState = z.infer<typeof HeldState>

/** A request of a directory that its limits stopped. */
export const HeldShown = z.strictObject({
  heldId: HeldId,
  at: Millis,
  /** When the directory sent the same last, and how often it did. */
  lastAt: Millis,
  times: Count,
  /** As in the provisioning log: `user.lock`, `user.delete`, `team.update`, `team.archive`. */
  operation: z.string(),
  /** `name`: e-mail address of a user, name of a team; null where it was removed for good. */
  subject: z.strictObject({ kind: z.enum(['user', 'team']), id: z.string(), name: z.string().nullable() }),
  /** What it would do, in plain words. */
  summary: z.string(),
  /** How many people it would take something from. */
  people: Count,
  /** Of a team: some of them, by e-mail address; all of them where there are at most 20. */
  who: z.array(z.string()),
  state: HeldState,
  decidedAt: Millis.nullable(),
  decidedBy: z.strictObject({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }).nullable(),
  /** What came of it when it was applied. */
  result: z.string().nullable(),
})
export type HeldShown = z.infer<typeof HeldShown>

/** What a directory would do to one person or team: the newest that it asked for. */
export const ObservedShown = z.strictObject({
  observedId: z.string(),
  at: Millis,
  times: Count,
  /** As in the provisioning log, or `refused` for what is wrong with the request. */
  operation: z.string(),
  /** null for what it would create, and for what would be refused. */
  subject: z.strictObject({ kind: z.enum(['user', 'team']), id: z.string(), name: z.string().nullable() }).nullable(),
  summary: z.string(),
})
export type ObservedShown = z.infer<typeof ObservedShown>

export const ObservedCounts = z.strictObject({
  /** People and teams by what would happen to them. What happens to none is left out. */
  operations: z.array(z.strictObject({ operation: z.string(), count: Count })),
  memberships: z.strictObject({ added: Count, removed: Count }),
})
export type ObservedCounts = z.infer<typeof ObservedCounts>

export const readSafety = route({
  method: 'GET',
  path: '/api/v1/methods/:method/safety',
  asker: 'user',
  input: z.object({ method: MethodId }),
  answer: MethodSafety,
})

/** Changes the limits; what is not given stays. */
export const setLimits = route({
  method: 'POST',
  path: '/api/v1/methods/:method/limits',
  asker: 'user',
  input: z.strictObject({ method: MethodId, ...Limits.partial().shape }),
  answer: Done,
})

/** Turns observe mode on (what was observed before is forgotten) or off. 409 while removals wait for a decision. */
export const setObserve = route({
  method: 'POST',
  path: '/api/v1/methods/:method/observe',
  asker: 'user',
  input: z.strictObject({ method: MethodId, observe: z.boolean() }),
  answer: Done,
})

/** What waits for a decision (`open`), in the order in which it came, or what was decided (`decided`), newest first. */
export const listHeld = route({
  method: 'GET',
  path: '/api/v1/methods/:method/held',
  asker: 'user',
  input: z.object({ method: MethodId, which: z.enum(['open', 'decided']).optional(), ...paging }),
  answer: z.strictObject({ held: z.array(HeldShown), ...places }),
})

/**
 * Applies what is held, up to the newest that the administrator has seen, or one. An answer comes after some seconds at the
 * latest: while `left` is not 0, ask again with the same input. Once nothing waits any more, the method is active.
 */
export const applyHeld = route({
  method: 'POST',
  path: '/api/v1/methods/:method/held/apply',
  asker: 'user',
  input: z.union([z.strictObject({ method: MethodId, upTo: HeldId }), z.strictObject({ method: MethodId, only: HeldId })]),
  answer: z.strictObject({
    applied: Count,
    /** Could not be applied: what was decided says why. */
    failed: Count,
    /** Approved and not applied yet. */
    left: Count,
    /** Not decided upon: it came meanwhile, or one alone was decided. The method stays paused. */
    unseen: Count,
  }),
})

/** Drops what is held, or one; it stays as history. What the directory sends again counts anew. */
export const rejectHeld = route({
  method: 'POST',
  path: '/api/v1/methods/:method/held/reject',
  asker: 'user',
  input: z.strictObject({ method: MethodId, only: HeldId.optional() }),
  answer: z.strictObject({ rejected: Count, unseen: Count }),
})

/** What the directory would have done since observe mode was turned on, counted, and the newest of each person and team. */
export const listObserved = route({
  method: 'GET',
  path: '/api/v1/methods/:method/observed',
  asker: 'user',
  input: z.object({ method: MethodId, operation: Asked.optional(), ...paging }),
  answer: z.strictObject({ counts: ObservedCounts, observed: z.array(ObservedShown), ...places }),
})
