import { patchOf } from '../../scim/testing-server.ts'
import { get, post, startConsole } from './testing-console.ts'

/** A console whose directory has these limits, and what is asked of its safety. */
export async function startSafety(limits: { people?: number; percent?: number; windowMinutes?: number; on?: boolean } = {}) {
  const server = await startConsole()
  const { ada, methodId, scim, db, person } = server
  const path = `/api/v1/methods/${methodId}`
  const answer = await post(ada, `${path}/limits`, limits)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer))
  const active = patchOf({ op: 'replace', value: { active: true } })
  const inactive = patchOf({ op: 'replace', value: { active: false } })
  return {
    ...server,
    path,
    safety: async () => (await get(ada, `${path}/safety`)).body,
    held: async (which = 'open') => (await get(ada, `${path}/held`, { which })).body.held,
    lock: (userId: string) => scim(`/Users/${userId}`, { method: 'PATCH', body: inactive }),
    unlock: (userId: string) => scim(`/Users/${userId}`, { method: 'PATCH', body: active }),
    /** Registered people of the node. */
    people: (count: number, prefix = 'person') => {
      const emails = Array.from({ length: count }, (_, index) => `${prefix}${index}@example.com`)
      return Promise.all(emails.map((email) => person(email)))
    },
    statusOf: async (userIds: readonly string[]) => {
      const rows = await db.selectFrom('users').select(['id', 'status', 'deleted_at']).where('id', 'in', userIds).execute()
      return new Map(rows.map((row) => [row.id, row.deleted_at === null ? row.status : 'deleted']))
    },
  }
}
