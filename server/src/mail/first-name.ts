import { z } from 'zod'

const Named = z.object({ name: z.object({ givenName: z.string() }) })

/** The first name in what the directory knows of a person (`users.resource`, JSON text), where it sent one. */
export function firstNameOf(resource: string): string | undefined {
  const read = Named.safeParse(JSON.parse(resource))
  return read.success && read.data.name.givenName.trim() !== '' ? read.data.name.givenName : undefined
}
