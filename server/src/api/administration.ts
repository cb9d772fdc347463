import { deleteUser, listAdministrators, lockUser, readRoles, setRole, unlockUser } from '@claviger/contract/api/administration.ts'
import { NodeId, TeamId, UserId } from '@claviger/contract/ids.ts'
import type { FastifyInstance } from 'fastify'
import { verifyAppend } from '../enterprise-log/append.ts'
import { currentLog } from '../enterprise-log/state.ts'
import { AppError } from '../errors.ts'
import { requireNotAbove, requireRightOver } from '../nodes/rights.ts'
import type { Scope } from '../nodes/scope.ts'
import type { Db, Trx } from '../storage/database.ts'
import { write } from '../storage/write.ts'
import { wordsOfTeamsWithoutHolder } from '../teams/without-holder.ts'
import { listAdministrators as list, rolesFor } from '../users/list-administrators.ts'
import { deleteUserWarned, lockUser as lock, type Taken, unlockUser as unlock } from '../users/lock.ts'
import { type LogOfAct, requireEntriesOnRole, setRole as set } from '../users/set-role.ts'
import type { UserCaller } from './caller.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** Administrators and their roles, and what they do with users: lock, unlock, delete. */
export function administrationRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, listAdministrators, async ({ userId }) => {
    const administrators = await list(db, userId)
    return {
      administrators: administrators.map((each) => ({ ...each, userId: UserId.parse(each.userId), nodeId: NodeId.parse(each.nodeId) })),
    }
  })

  serve(app, context, readRoles, async (caller, { user }) => {
    const { roles, ...known } = await rolesFor(db, caller, user)
    return { ...known, roles: roles.map((each) => ({ ...each, nodeId: NodeId.parse(each.nodeId) })) }
  })

  serve(app, context, setRole, async (caller, { entries, ...wanted }) => {
    const log = await logOfAct(db, caller, wanted.userId, entries)
    await write(db, (trx) => set(trx, caller, wanted, log, Date.now()))
    return {}
  })

  serve(app, context, lockUser, async (caller, { user, confirm }) =>
    shown(await write(db, async (trx) => lock(trx, await scopeOver(trx, caller, user), user, confirm === true))),
  )

  serve(app, context, unlockUser, async (caller, { user }) => {
    const { status } = await write(db, async (trx) => unlock(trx, await scopeOver(trx, caller, user), user))
    context.onCommit()
    return { status }
  })

  serve(app, context, deleteUser, async (caller, { user, confirm }) =>
    shown(await write(db, async (trx) => deleteUserWarned(trx, await scopeOver(trx, caller, user), user, confirm === true))),
  )
}

async function logOfAct(db: Db, caller: UserCaller, userId: string, entries: Parameters<typeof verifyAppend>[2]): Promise<LogOfAct> {
  if (entries.length > 0) {
    const append = await verifyAppend(db, caller, entries)
    requireEntriesOnRole(userId, append.bodies)
    return { append, state: append.state }
  }
  const state = await currentLog(db, caller.enterpriseId)
  if (state === null) throw new AppError('conflict', 'This enterprise is not set up yet.')
  return { append: null, state }
}

/** The user's node, for who may change people there and could dismiss this one. */
async function scopeOver(trx: Trx, caller: UserCaller, userId: string): Promise<Scope> {
  const nodeId = await requireRightOver(trx, caller, { kind: 'user', id: userId }, 'manage-users')
  await requireNotAbove(trx, caller, userId)
  return { nodeId, enterpriseId: caller.enterpriseId, actor: caller.actor, at: Date.now() }
}

const DIRECTORY = 'A directory provisions this user: it decides anew with the next thing that it says of them, so change it there too.'

function shown({ done, teams, directory }: Taken) {
  const warning = [wordsOfTeamsWithoutHolder(teams)?.summary, directory && DIRECTORY].filter((part) => typeof part === 'string')
  return {
    outcome: done ? ('done' as const) : ('confirm' as const),
    teams: teams.map((team) => ({ ...team, teamId: TeamId.parse(team.teamId) })),
    directory,
    warning: warning.length === 0 ? null : warning.join(' '),
  }
}
