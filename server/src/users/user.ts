import type { Selectable } from 'kysely'
import { validate as isId } from 'uuid'
import { AppError } from '../errors.ts'
import type { ProvenNodeId, Scope } from '../nodes/scope.ts'
import type { Database, Db, Trx } from '../storage/database.ts'
import { prepare } from '../storage/prepared.ts'

export type User = Selectable<Database['users']>

/** What a directory says of a person. */
export interface Person {
  /** As the directory sent it; whether it is an e-mail address is still to be seen. */
  userName: string
  externalId: string | null
  displayName: string | null
  /** What the directory calls the main address, where it sent one. */
  primaryEmail: string | null
  /** Undefined: the directory did not say. */
  active: boolean | undefined
  /** JSON text of everything else. */
  resource: string
}

const selectUser = prepare<{ id: string; nodeId: string }>()((db, p) =>
  db.selectFrom('users').selectAll().where('id', '=', p.id).where('node_id', '=', p.nodeId).where('deleted_at', 'is', null),
)

// Writes nothing new, and so takes the row's lock on PostgreSQL; SQLite has one writer anyway.
const lockRow = prepare<{ id: string; nodeId: string }>()((db, p) =>
  db
    .updateTable('users')
    .set((eb) => ({ version: eb.ref('version') }))
    .where('id', '=', p.id)
    .where('node_id', '=', p.nodeId)
    .where('deleted_at', 'is', null)
    .returningAll(),
)

/** @throws AppError `not_found`, also for users of other nodes and for deleted ones. */
export async function findUser(db: Db, nodeId: ProvenNodeId, userId: string): Promise<User> {
  if (!isId(userId)) missing(userId)
  const { rows } = await selectUser(db, { id: userId, nodeId })
  return rows[0] ?? missing(userId)
}

/** The user, held against other writers until the transaction ends. @throws AppError `not_found` */
export async function lockUserRow(trx: Trx, scope: Scope, userId: string): Promise<User> {
  if (!isId(userId)) missing(userId)
  const { rows } = await lockRow(trx, { id: userId, nodeId: scope.nodeId })
  return rows[0] ?? missing(userId)
}

function missing(userId: string): never {
  throw new AppError('not_found', `There is no user ${userId.slice(0, 100)} in this node.`, {
    advice: 'The user was deleted here, or belongs to another node: provision the person again, or unlink the user in the directory.',
  })
}

/** The refusal of an address that another user has. */
export function taken(email: string, cause?: unknown) {
  return new AppError('uniqueness', `The e-mail address ${email} belongs to another user of this installation already.`, {
    cause,
    advice: 'If it is the same person in another node, move or delete that user first; otherwise give this one another address.',
  })
}
