import * as contract from '@claviger/contract/api/console/user-acts.ts'
import { TeamId } from '@claviger/contract/ids.ts'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../../errors.ts'
import { requireNotAbove, requireRight, requireRightOver } from '../../nodes/rights.ts'
import type { Scope } from '../../nodes/scope.ts'
import type { Trx } from '../../storage/database.ts'
import { write } from '../../storage/write.ts'
import { wordsOfTeamsWithoutHolder } from '../../teams/without-holder.ts'
import { inviteAgain } from '../../users/invite-again.ts'
import { lockUser, unlockUser } from '../../users/lock.ts'
import { type Moved, moveUser } from '../../users/move.ts'
import { restoreDeleted } from '../../users/restore.ts'
import type { UserCaller } from '../caller.ts'
import type { ApiContext } from '../context.ts'
import { serve } from '../serve.ts'

/** Transactions of one request that are under way at a time. */
const TOGETHER = 8
const TEAMS_NAMED = 100

type Act = 'resend' | 'lock' | 'unlock'
interface Result {
  outcome: 'done' | 'unchanged' | 'confirm' | 'refused'
  message: string | null
}

/** What an administrator does with users here, besides locking and deleting one (api/administration.ts). */
export function userActRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, contract.resendInvitation, async (caller, { user }) => {
    await write(db, (trx) => act(trx, caller, 'resend', user, false))
    context.onCommit()
    return {}
  })

  serve(app, context, contract.moveUser, async (caller, { user, nodeId, confirm = false }) => {
    const moved = await write(db, async (trx) => {
      const scope = await scopeOver(trx, caller, user)
      return moveUser(trx, scope, user, await requireRight(trx, caller, nodeId, 'manage-users'), confirm)
    })
    return shown(moved)
  })

  serve(app, context, contract.restoreUser, async (caller, { user }) => {
    const { user: restored, directory } = await write(db, async (trx) => restoreDeleted(trx, await scopeOver(trx, caller, user), user))
    context.onCommit()
    return { status: restored.status, directory }
  })

  serve(app, context, contract.actOnUsers, async (caller, { act: wanted, users, confirm = false }) => {
    const ids = [...new Set(users)]
    const results: (Result & { userId: (typeof ids)[number] })[] = []
    for (let start = 0; start < ids.length; start += TOGETHER) {
      const some = ids.slice(start, start + TOGETHER)
      results.push(
        ...(await Promise.all(
          some.map(async (userId) => ({ userId, ...(await write(db, (trx) => act(trx, caller, wanted, userId, confirm)).catch(refused)) })),
        )),
      )
    }
    context.onCommit()
    return { results }
  })
}

async function act(trx: Trx, caller: UserCaller, wanted: Act, userId: string, confirm: boolean): Promise<Result> {
  const scope = await scopeOver(trx, caller, userId)
  const done: Result = { outcome: 'done', message: null }
  if (wanted === 'lock') {
    const taken = await lockUser(trx, scope, userId, confirm)
    const outcome = taken.changed ? 'done' : taken.done ? 'unchanged' : 'confirm'
    return { outcome, message: wordsOfTeamsWithoutHolder(taken.teams)?.summary ?? null }
  }
  if (wanted === 'unlock') await unlockUser(trx, scope, userId)
  else await inviteAgain(trx, scope, userId)
  return done
}

/** A refusal is the result for this user; anything else is a bug, and ends the request. */
function refused(error: unknown): Result {
  if (error instanceof AppError) return { outcome: 'refused', message: error.message }
  throw error
}

/** The user's node, for who may change people there and could dismiss this one. */
async function scopeOver(trx: Trx, caller: UserCaller, userId: string): Promise<Scope> {
  const nodeId = await requireRightOver(trx, caller, { kind: 'user', id: userId }, 'manage-users')
  await requireNotAbove(trx, caller, userId)
  return { nodeId, enterpriseId: caller.enterpriseId, actor: caller.actor, at: Date.now() }
}

function shown({ done, user, teams, withoutHolder, directory }: Moved) {
  const warning = [
    teams.length > 0 && `${user.email} leaves ${teams.length === 1 ? '1 team' : `${teams.length} teams`} of the old node.`,
    wordsOfTeamsWithoutHolder(withoutHolder)?.summary,
    directory &&
      'A directory provisions the old node, and does not see the user any more: unassign the person there, or it will try to create them again and be refused.',
  ].filter((part) => typeof part === 'string')
  return {
    outcome: done ? ('done' as const) : ('confirm' as const),
    teams: teams.slice(0, TEAMS_NAMED).map(({ teamId, name }) => ({ teamId: TeamId.parse(teamId), name })),
    withoutHolder: withoutHolder.map((team) => ({ ...team, teamId: TeamId.parse(team.teamId) })),
    directory,
    warning: warning.length === 0 ? null : warning.join(' '),
  }
}
