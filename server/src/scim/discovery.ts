import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import { methodBaseUrl } from '../provisioning/methods.ts'
import type { ScimContext } from './context.ts'
import { filterRefused } from './filter/filter.ts'
import type { JsonObject } from './json-value.ts'
import { listResponse } from './lists/list-response.ts'
import { SCIM_TYPE } from './outcome.ts'
import { queryOf } from './query.ts'
import { resourceTypeResources, schemaResources, serviceProviderConfig } from './schemas/discovery.ts'

type ByNode = { Params: { node: string } }
type ByNodeAndName = { Params: { node: string; name: string } }

/** What this service provider can do (RFC 7644 §4). Public: directories read it before they have a token. */
export function discoveryRoutes(scim: FastifyInstance, context: ScimContext) {
  const baseOf = (request: FastifyRequest<ByNode>) => methodBaseUrl(context.publicUrl, request.params.node)

  scim.get<ByNode>('/ServiceProviderConfig', async (request, reply) => {
    return reply.type(SCIM_TYPE).send(JSON.stringify(serviceProviderConfig(baseOf(request), context.limits)))
  })

  for (const [path, resourcesOf] of [
    ['/ResourceTypes', resourceTypeResources],
    ['/Schemas', schemaResources],
  ] as const) {
    scim.get<ByNode>(path, async (request, reply) => {
      if (queryOf(request)['filter'] !== undefined) throw filterRefused()
      const resources = resourcesOf(baseOf(request))
      const page = { total: resources.length, startIndex: 1, nextCursor: undefined }
      return reply.type(SCIM_TYPE).send(JSON.stringify(listResponse(resources, page)))
    })

    scim.get<ByNodeAndName>(`${path}/:name`, async (request, reply) => {
      const resource = resourcesOf(baseOf(request)).find((each) => isNamed(each, request.params.name))
      if (!resource) throw new AppError('not_found', `${path} has no ${request.params.name}.`)
      return reply.type(SCIM_TYPE).send(JSON.stringify(resource))
    })
  }
}

/** Schemas go by URN, resource types by name; neither minds case. */
function isNamed(resource: JsonObject, name: string): boolean {
  const id = resource['id'] ?? resource['name']
  return typeof id === 'string' && id.toLowerCase() === name.toLowerCase()
}
