import { z } from 'zod'

const Name = z.string().trim().min(1)
const Named = z.object({ name: z.object({ givenName: z.unknown(), familyName: z.unknown() }).partial() })

/** First and last name in what the directory knows of a person (`users.resource`, JSON text), where it sent them. */
export function namesOf(resource: string): { firstName: string | null; lastName: string | null } {
  const read = Named.safeParse(JSON.parse(resource))
  const name = read.success ? read.data.name : {}
  return { firstName: Name.safeParse(name.givenName).data ?? null, lastName: Name.safeParse(name.familyName).data ?? null }
}
