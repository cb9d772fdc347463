import type { Asker, Route } from '@claviger/contract/api/route.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { authenticate } from './authenticate.ts'
import type { CallerOf } from './caller.ts'
import type { ApiContext } from './context.ts'

/**
 * Serves a route of the contract: checks who asks and what, and answers what `act` gives. `act` calls one function of the
 * domain; it opens the transaction where there is one.
 */
export function serve<Input, Answer, Who extends Asker>(
  app: FastifyInstance,
  context: ApiContext,
  { method, path, asker, input, bodyLimit }: Route<Input, Answer, Who>,
  act: (caller: CallerOf<Who>, input: Input, request: FastifyRequest) => Promise<Answer>,
): void {
  app.route({
    method,
    url: path,
    ...(bodyLimit !== undefined && { bodyLimit }),
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const caller = asker === 'anyone' ? null : await authenticate(context.db, request, asker)
      const given = method === 'GET' ? request.query : request.body
      const answer = await act(caller as CallerOf<Who>, input.parse({ ...Object(given), ...Object(request.params) }), request)
      return reply.send(answer)
    },
  })
}
