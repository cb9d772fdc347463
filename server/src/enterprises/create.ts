import { record } from '../audit/record.ts'
import { AppError } from '../errors.ts'
import { inviteToSetUp } from '../invitations/invite.ts'
import { count } from '../nodes/counts.ts'
import type { ProvenNodeId, Scope } from '../nodes/scope.ts'
import { announce } from '../storage/changes.ts'
import type { Db, Millis, Trx } from '../storage/database.ts'
import { newId } from '../storage/id.ts'
import { textKey } from '../storage/text-key.ts'
import { insertUser } from '../users/create.ts'
import { readEmail } from '../users/email.ts'

/** How long a deleted user's account is kept, unless the enterprise says otherwise: 90 days. */
const RETENTION_MILLIS = 90 * 24 * 60 * 60 * 1000

export interface NewEnterprise {
  enterpriseId: string
  rootNodeId: string
  /** The invitation with which the first administrator sets up. */
  invitationId: string
}

/**
 * Makes an enterprise, its root node (of the same name) and its first administrator, who is invited to set up.
 * @throws AppError `invalid_value` for an empty name or an address that is none, `conflict` where there is an enterprise of
 * that name, `uniqueness` where the address is taken.
 */
export async function createEnterprise(
  trx: Trx,
  wanted: { name: string; administrator: string },
  at: Millis,
  actor = 'command',
): Promise<NewEnterprise> {
  const name = wanted.name.trim()
  if (name === '') throw new AppError('invalid_value', 'an enterprise needs a name')
  const email = readEmail(wanted.administrator)
  if (email === null) throw new AppError('invalid_value', `${wanted.administrator} is not an e-mail address`)
  await refuseSameName(trx, name)
  const enterpriseId = newId()
  const rootNodeId = newId()
  await trx.insertInto('enterprises').values({ id: enterpriseId, name, retention_ms: RETENTION_MILLIS, created_at: at }).execute()
  await trx.insertInto('nodes').values({ id: rootNodeId, enterprise_id: enterpriseId, parent_id: null, name, created_at: at }).execute()
  const scope: Scope = { nodeId: rootNodeId as ProvenNodeId, enterpriseId, actor, at }
  const administrator = await insertUser(trx, scope, {
    email,
    externalId: null,
    displayName: null,
    status: 'invited',
    emailDiffers: false,
    resource: '{}',
  })
  await trx.insertInto('administrators').values({ user_id: administrator.id, node_id: rootNodeId, role: 'full', created_at: at }).execute()
  const invitationId = await inviteToSetUp(trx, { id: administrator.id, enterpriseId, email }, at)
  await count(trx, rootNodeId, { users: 1 })
  await record(trx, { ...scope, action: 'enterprise.created', subjectKind: 'enterprise', subjectId: enterpriseId, detail: { name } })
  await announce(trx, { enterpriseId, kind: 'enterprise', subjectId: enterpriseId, at })
  return { enterpriseId, rootNodeId, invitationId }
}

async function refuseSameName(trx: Trx, wanted: string) {
  const enterprises = await trx.selectFrom('enterprises').select('name').execute()
  const same = enterprises.find(({ name }) => textKey(name) === textKey(wanted))
  if (!same) return
  throw new AppError(
    'conflict',
    `This store has an enterprise named ${same.name} already: nothing was changed. \`claviger node list\` shows its nodes, ` +
      '`claviger users resend EMAIL` makes a new set-up link for its administrator. For another enterprise, choose another name.',
  )
}

/** True until the first enterprise is made. */
export async function isEmpty(db: Db): Promise<boolean> {
  return (await db.selectFrom('enterprises').select('id').limit(1).executeTakeFirst()) === undefined
}
