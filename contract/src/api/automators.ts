import { z } from 'zod'
import { HeldKeyWrap } from '../envelopes.ts'
import { AutomatorId } from '../ids.ts'
import { AutomatorScope } from '../log/statement.ts'
import { Millis } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'
import { route } from './route.ts'
import { AutomatorToken, Done } from './sessions.ts'

/**
 * Enrols an automator: the entry of the log that names its keys and scope, and the approver key for it. The token is in the
 * answer and nowhere else. 409 where the log has grown meanwhile.
 */
export const enrolAutomator = route({
  method: 'POST',
  path: '/api/v1/automators',
  asker: 'fresh',
  input: z.strictObject({
    automatorId: AutomatorId,
    name: z.string().trim().min(1).max(100),
    entries: z.array(SignedStatement).length(1),
    heldKeys: z.array(HeldKeyWrap).max(1),
  }),
  answer: z.strictObject({ automatorId: AutomatorId, token: AutomatorToken }),
})

/** The automators of the enterprise, for administrators; removed ones apart. `scope` is null where the log does not have it any more. */
export const listAutomators = route({
  method: 'GET',
  path: '/api/v1/automators',
  asker: 'user',
  input: z.object({}),
  answer: z.strictObject({
    automators: z.array(
      z.strictObject({
        automatorId: AutomatorId,
        name: z.string(),
        createdAt: Millis,
        seenAt: Millis.nullable(),
        scope: AutomatorScope.nullable(),
      }),
    ),
  }),
})

/** Removes an automator: its token dies with the entry of the log. The approver key is then due for its next epoch. */
export const removeAutomator = route({
  method: 'POST',
  path: '/api/v1/automators/:automator/remove',
  asker: 'fresh',
  input: z.strictObject({ automator: AutomatorId, entries: z.array(SignedStatement).length(1) }),
  answer: Done,
})
