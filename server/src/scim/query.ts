import type { FastifyRequest } from 'fastify'

/** The query parameters, as the parser of the URL gives them. */
export function queryOf(request: FastifyRequest): { readonly [name: string]: unknown } {
  return request.query as { readonly [name: string]: unknown }
}
