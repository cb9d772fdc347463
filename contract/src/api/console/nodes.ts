import { z } from 'zod'
import { NodeId } from '../../ids.ts'
import { Millis, wholeFrom } from '../../shape.ts'
import { route } from '../route.ts'
import { Done } from '../sessions.ts'

/** What an administrator may do in a node. `manage` is the most. */
export const NodeRight = z.enum(['manage', 'manage-users', 'approve', 'read'])
export type NodeRight = z.infer<typeof NodeRight>

export const MethodState = z.enum(['draft', 'active', 'paused'])
export type MethodState = z.infer<typeof MethodState>

const Count = wholeFrom(0)
/** People who are not deleted, by status. */
export const UserCounts = z.strictObject({ invited: Count, active: Count, locked: Count })
export type UserCounts = z.infer<typeof UserCounts>
export const TeamCounts = z.strictObject({ pending: Count, active: Count, archived: Count })
export type TeamCounts = z.infer<typeof TeamCounts>

/** A node of the tree. The counts are of the node alone, not of those under it. */
export const NodeShown = z.strictObject({
  nodeId: NodeId,
  /** null for the root, and for the topmost node that the caller sees. */
  parentId: NodeId.nullable(),
  isRoot: z.boolean(),
  name: z.string(),
  createdAt: Millis,
  users: UserCounts,
  teams: TeamCounts,
  /** The SCIM method of the node. */
  method: z.strictObject({ methodId: z.string(), state: MethodState }).nullable(),
  /** What the caller may do here. */
  rights: z.array(NodeRight),
})
export type NodeShown = z.infer<typeof NodeShown>

const NodeName = z.string().trim().min(1).max(100)

/** The nodes that the caller may read, parents before children. */
export const listNodes = route({
  method: 'GET',
  path: '/api/v1/nodes',
  asker: 'user',
  input: z.object({}),
  answer: z.strictObject({ nodes: z.array(NodeShown) }),
})

/** One node, and the names of those above it that the caller may read, from the topmost down. */
export const readNode = route({
  method: 'GET',
  path: '/api/v1/nodes/:node',
  asker: 'user',
  input: z.object({ node: NodeId }),
  answer: NodeShown.extend({
    path: z.array(z.strictObject({ nodeId: NodeId, name: z.string() })),
    administrators: Count,
    /** Why the node cannot be removed now, in words; null where it can. */
    occupiedBy: z.string().nullable(),
  }),
})

/** Adds a node under another. */
export const addNode = route({
  method: 'POST',
  path: '/api/v1/nodes',
  asker: 'user',
  input: z.strictObject({ parentId: NodeId, name: NodeName }),
  answer: z.strictObject({ nodeId: NodeId }),
})

export const renameNode = route({
  method: 'POST',
  path: '/api/v1/nodes/:node/rename',
  asker: 'user',
  input: z.strictObject({ node: NodeId, name: NodeName }),
  answer: Done,
})

/** Removes a node that holds nothing: 409 says what is still in it. A method that was never saved goes with it. */
export const removeNode = route({
  method: 'POST',
  path: '/api/v1/nodes/:node/remove',
  asker: 'user',
  input: z.strictObject({ node: NodeId }),
  answer: Done,
})
