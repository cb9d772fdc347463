import {
  approveTeam as approveTeamRoute,
  grantMemberships as grantMembershipsRoute,
  grantToApprovers as grantToApproversRoute,
  HeldTeamKey,
  OfferedUser,
  readApprovalWork,
  readApproverGrants,
  readTeamFolders as readTeamFoldersRoute,
  readTeamKeys,
  rotateTeam as rotateTeamRoute,
  TeamFolder,
} from '@claviger/contract/api/approvals.ts'
import type { FastifyInstance } from 'fastify'
import { approveTeam } from '../approvals/approve-team.ts'
import { requireLog } from '../approvals/caller.ts'
import { checkGrant, checkGrants, checkTeamGrants } from '../approvals/check-grants.ts'
import { grantToApprovers } from '../approvals/grant-approvers.ts'
import { grantMemberships } from '../approvals/grant-memberships.ts'
import { rotateTeam } from '../approvals/rotate-team.ts'
import { readTeamFolders } from '../approvals/team-folders.ts'
import { approverGrants, teamKeysOf } from '../approvals/team-keys.ts'
import { readWork } from '../approvals/work.ts'
import { verifyAppend } from '../enterprise-log/append.ts'
import { write } from '../storage/write.ts'
import type { ApiContext } from './context.ts'
import { serve } from './serve.ts'

/** Approving teams and memberships, renewing team keys, and the keys that members and approvers were given. */
export function approvalRoutes(app: FastifyInstance, context: ApiContext): void {
  const { db } = context
  serve(app, context, readApprovalWork, (caller, { after }) => readWork(db, caller, after))

  serve(app, context, approveTeamRoute, async (caller, { team, entries, grant }) => {
    const append = await verifyAppend(db, caller, entries)
    const checked = await checkGrant(db, caller, append.state, grant)
    await write(db, (trx) => approveTeam(trx, caller, { teamId: team, append, grant: checked }, Date.now()))
    return {}
  })

  serve(app, context, grantMembershipsRoute, async (caller, { grants }) => {
    const log = await requireLog(db, caller)
    const checked = await checkTeamGrants(db, caller, log, grants)
    return { results: await write(db, (trx) => grantMemberships(trx, caller, log, checked, Date.now())) }
  })

  serve(app, context, grantToApproversRoute, async (caller, { grants }) => {
    const log = await requireLog(db, caller)
    const checked = await checkTeamGrants(db, caller, log, grants)
    return { kept: await write(db, (trx) => grantToApprovers(trx, caller, log, checked, Date.now())) }
  })

  serve(app, context, rotateTeamRoute, async (caller, { team, entries, grant, own, folderGrants, unopened }) => {
    const append = await verifyAppend(db, caller, entries)
    const { state } = append
    const checked = await checkGrant(db, caller, state, grant)
    const [forSelf = null] = await checkTeamGrants(db, caller, state, own === null ? [] : [own])
    const forFolders = await checkGrants(db, caller, state, folderGrants)
    const rotation = { teamId: team, append, grant: checked, own: forSelf, folderGrants: forFolders, unopened }
    await write(db, (trx) => rotateTeam(trx, caller, rotation, Date.now()))
    return {}
  })

  serve(app, context, readTeamFoldersRoute, async (caller, { team }) => {
    const { folders, people } = await readTeamFolders(db, caller, team)
    return {
      folders: folders.map(({ folderId, folderEpoch, teamEpoch, grant }) => TeamFolder.parse({ folderId, folderEpoch, teamEpoch, grant })),
      people: people.map((person) => OfferedUser.parse(person)),
    }
  })

  serve(app, context, readTeamKeys, async (caller) => ({
    keys: (await teamKeysOf(db, caller)).map((key) => HeldTeamKey.parse(key)),
  }))

  serve(app, context, readApproverGrants, async (caller, { teams }) => ({
    keys: (await approverGrants(db, caller, teams)).map(({ approverEpoch, ...key }) => ({ ...HeldTeamKey.parse(key), approverEpoch })),
  }))
}
