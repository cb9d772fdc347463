import type { JsonObject } from '../json-value.ts'

export const LIST_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** The body of a list (RFC 7644 §3.4.2, RFC 9865 §2): whole even where it is empty, with numbers as numbers. */
export function listResponse(
  resources: readonly JsonObject[],
  page: { readonly total: number; readonly startIndex: number; readonly nextCursor: string | undefined },
): JsonObject {
  return {
    schemas: [LIST_URN],
    totalResults: page.total,
    startIndex: page.startIndex,
    itemsPerPage: resources.length,
    ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
    Resources: resources,
  }
}
