import { z } from 'zod'
import { NodeId, UserId } from '../../ids.ts'
import { wholeFrom } from '../../shape.ts'
import { AdministratorRole } from '../administration.ts'
import { route } from '../route.ts'

const Count = wholeFrom(0)

/** How people of the nodes that the caller may read sign in: of those who are active, how many have a second factor. */
export const readSignOn = route({
  method: 'GET',
  path: '/api/v1/sign-on',
  asker: 'user',
  input: z.object({}),
  answer: z.strictObject({
    /** Every node that the caller may read, parents before children. */
    nodes: z.array(z.strictObject({ nodeId: NodeId, name: z.string(), active: Count, withSecondFactor: Count })),
    /** Active administrators of these nodes for whom the password alone is enough. */
    administratorsWithout: z.array(
      z.strictObject({ userId: UserId, email: z.string(), nodeId: NodeId, nodeName: z.string(), role: AdministratorRole }),
    ),
  }),
})
