import { UserId } from '@claviger/contract/ids.ts'
import { buildApp } from '@claviger/server/app.ts'
import { createEnterprise } from '@claviger/server/enterprises/create.ts'
import { createLogger } from '@claviger/server/http/logging.ts'
import { createMetrics } from '@claviger/server/http/metrics.ts'
import { openInvitations } from '@claviger/server/invitations/find.ts'
import { invitationLink, setupLink } from '@claviger/server/invitations/link.ts'
import { addNode } from '@claviger/server/nodes/nodes.ts'
import type { ProvenNodeId, Scope } from '@claviger/server/nodes/scope.ts'
import type { Db, Trx } from '@claviger/server/storage/database.ts'
import { loadSecret } from '@claviger/server/storage/secrets.ts'
import { openTestStore } from '@claviger/server/storage/testing.ts'
import { write } from '@claviger/server/storage/write.ts'
import { createUser } from '@claviger/server/users/create.ts'
import { updateUser } from '@claviger/server/users/update.ts'
import { lockUserRow } from '@claviger/server/users/user.ts'
import { freePort } from 'claviger/src/free-port.ts'
import { onTestFinished } from 'vitest'

export const ADA = 'ada@example.com'

/** The server's HTTP side on this machine, over a store of its own in which Ada is to set up, with a node for people. */
export interface TestApi {
  readonly db: Db
  /** Where the store is, for a second server on it. */
  readonly location: string
  readonly origin: string
  readonly enterpriseId: string
  readonly rootNodeId: string
  /** A node under the root. */
  readonly nodeId: string
  /** What follows `#` in Ada's set-up link. */
  readonly setupToken: string
  /** What the server has logged so far. */
  log(): string
  /** The directory makes a user in `nodeId`, unless another node is given. */
  invite(email: string, options?: { nodeId?: string; firstName?: string; lastName?: string }): Promise<{ userId: UserId; token: string }>
  /** The directory renames, locks or unlocks a user of `nodeId`. */
  update(userId: string, changes: { email?: string; active?: boolean }): Promise<void>
  /** What follows `#` in the link of the user's open invitation. */
  tokenOf(userId: string): Promise<string>
  /** A directory's scope in `nodeId`, unless another node is given. */
  scope(nodeId?: string): Scope
  write<T>(work: (trx: Trx) => Promise<T>): Promise<T>
}

/** Starts a server; it and its store are gone when the test is over. */
export async function startApi(): Promise<TestApi> {
  const { db, location } = await openTestStore()
  const origin = `http://127.0.0.1:${await freePort()}`
  const log = await listen(db, origin)
  const { enterpriseId, rootNodeId, invitationId } = await write(db, (trx) =>
    createEnterprise(trx, { name: 'Example Ltd', administrator: ADA }, Date.now()),
  )
  const { id: nodeId } = await write(db, (trx) => addNode(trx, { name: 'Staff', parentId: rootNodeId }, 'command', Date.now()))
  const key = await loadSecret(db, 'invitations')
  const scope = (node = nodeId): Scope => ({ nodeId: node as ProvenNodeId, enterpriseId, actor: 'scim:test', at: Date.now() })
  const tokenOf = async (userId: string) => {
    const invitation = (await openInvitations(db, [userId])).get(userId)
    if (invitation === undefined) throw new Error('this user has no open invitation')
    return tokenIn(invitationLink(key, origin, invitation.invitationId))
  }
  return {
    db,
    location,
    origin,
    enterpriseId,
    rootNodeId,
    nodeId,
    setupToken: tokenIn(setupLink(key, origin, invitationId)),
    log,
    scope,
    tokenOf,
    write: (work) => write(db, work),
    async update(userId, { email, active }) {
      await write(db, async (trx) => {
        const { resource, ...before } = await lockUserRow(trx, scope(), userId)
        const about = { externalId: before.external_id, displayName: before.display_name, primaryEmail: null, resource }
        await updateUser(trx, scope(), { ...before, resource }, { userName: email ?? before.email, active, ...about }, 'warn')
      })
    },
    async invite(email, { nodeId: node, firstName, lastName } = {}) {
      const name = { ...(firstName !== undefined && { givenName: firstName }), ...(lastName !== undefined && { familyName: lastName }) }
      const person = {
        userName: email,
        externalId: null,
        displayName: null,
        primaryEmail: null,
        active: true,
        resource: JSON.stringify(Object.keys(name).length === 0 ? {} : { name }),
      }
      const { user } = await write(db, (trx) => createUser(trx, scope(node), person, 'warn'))
      return { userId: UserId.parse(user.id), token: await tokenOf(user.id) }
    },
  }
}

/** Serves a store under this origin until the test is over: a second process on the same store is one more call. @returns what it logs */
export async function listen(db: Db, origin: string): Promise<() => string> {
  const lines: string[] = []
  const logger = createLogger('trace', { write: (line) => lines.push(line) })
  const metrics = createMetrics({ queuedMails: async () => 0 })
  const app = await buildApp({ db, publicUrl: origin, scimRate: 0, logger, metrics, metricsToken: undefined, trustProxy: false })
  onTestFinished(() => app.close())
  await app.listen({ host: '127.0.0.1', port: Number(new URL(origin).port) })
  return () => lines.join('')
}

function tokenIn(link: string): string {
  return new URL(link).hash.slice(1)
}
