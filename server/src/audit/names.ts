import type { Db } from '../storage/database.ts'

/** Somebody or something that acts or is acted upon. `name` is for people to read, null where there is none (any more). */
export interface NamedThing {
  kind: string
  id: string | null
  name: string | null
}

/** Names of actors and subjects, each kind asked for once. */
export interface Names {
  /** `actor` as the audit log has it: `user:<id>`, `scim:<token id>`, `command`, … */
  actor(actor: string): NamedThing
  subject(kind: string, id: string): NamedThing
}

/** Reads the names of all who stand in these rows. */
export async function namesFor(
  db: Db,
  rows: readonly { actor?: string; subject_kind: string | null; subject_id: string | null }[],
): Promise<Names> {
  const wanted = new Map<string, Set<string>>()
  const want = (kind: string, id: string) => wanted.set(kind, (wanted.get(kind) ?? new Set()).add(id))
  for (const { actor, subject_kind: kind, subject_id: id } of rows) {
    if (kind !== null && id !== null) want(kind, id)
    if (actor !== undefined) want(...partsOf(actor))
  }
  const known = new Map<string, string>()
  await Promise.all(
    [...wanted].map(async ([kind, ids]) => {
      const read = readers[kind]
      if (read) for (const { id, name } of await read(db, [...ids])) known.set(`${kind}:${id}`, name)
    }),
  )
  const subject = (kind: string, id: string) => ({ kind, id, name: known.get(`${kind}:${id}`) ?? null })
  return {
    subject,
    actor(actor) {
      const [kind, id] = partsOf(actor)
      if (id === '') return { kind, id: null, name: null }
      return kind === 'token' ? { ...subject(kind, id), kind: 'directory' } : subject(kind, id)
    },
  }
}

/** A directory is known by its token. */
function partsOf(actor: string): [kind: string, id: string] {
  const colon = actor.indexOf(':')
  if (colon === -1) return [actor, '']
  const kind = actor.slice(0, colon)
  return [kind === 'scim' ? 'token' : kind, actor.slice(colon + 1)]
}

type Reader = (db: Db, ids: readonly string[]) => Promise<{ id: string; name: string }[]>

const readers: Readonly<Record<string, Reader>> = {
  user: (db, ids) => db.selectFrom('users').select(['id', 'email as name']).where('id', 'in', ids).execute(),
  team: (db, ids) => db.selectFrom('teams').select(['id', 'name']).where('id', 'in', ids).execute(),
  node: (db, ids) => db.selectFrom('nodes').select(['id', 'name']).where('id', 'in', ids).execute(),
  automator: (db, ids) => db.selectFrom('automators').select(['id', 'name']).where('id', 'in', ids).execute(),
  enterprise: (db, ids) => db.selectFrom('enterprises').select(['id', 'name']).where('id', 'in', ids).execute(),
  method: (db, ids) =>
    db
      .selectFrom('provisioning_methods as m')
      .innerJoin('nodes as n', 'n.id', 'm.node_id')
      .select(['m.id', 'n.name'])
      .where('m.id', 'in', ids)
      .execute(),
  token: (db, ids) =>
    db
      .selectFrom('provisioning_tokens as t')
      .innerJoin('provisioning_methods as m', 'm.id', 't.method_id')
      .innerJoin('nodes as n', 'n.id', 'm.node_id')
      .select(['t.id', 'n.name'])
      .where('t.id', 'in', ids)
      .execute(),
}
