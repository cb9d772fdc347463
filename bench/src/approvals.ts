import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { asGranter } from '@claviger/client/keys/grants.ts'
import type { Identity } from '@claviger/client/keys/identity.ts'
import { certifiedUser } from '@claviger/client/keys/recipients.ts'
import { grantTeamKey, makeTeamKey, publishTeamKey } from '@claviger/client/keys/team-key.ts'
import { addMember, append, foundEnterprise, type TestEnterprise } from '@claviger/client/keys/testing-enterprise.ts'
import { newId } from '@claviger/client/new-id.ts'
import { fromBase64url } from '@claviger/contract/bytes.ts'
import { readGrant } from '@claviger/contract/grant.ts'
import { TeamId } from '@claviger/contract/ids.ts'
import { signedBytes } from '@claviger/contract/public-keys.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { buildApp } from '@claviger/server/app.ts'
import { createLogger } from '@claviger/server/http/logging.ts'
import { createMetrics } from '@claviger/server/http/metrics.ts'
import { createSession } from '@claviger/server/sessions/sessions.ts'
import type { Db } from '@claviger/server/storage/database.ts'
import { closeDatabase, openDatabase } from '@claviger/server/storage/open.ts'
import { write } from '@claviger/server/storage/write.ts'
import { median, medianRatio } from './figures.ts'
import { type BareApproval, bareApprovals } from './floors/bare-approvals.ts'
import { blankFile, copyOf } from './product.ts'
import type { Topic } from './topic.ts'

const GRANTS = 500

/** A request that approves 500 memberships, against what it cannot do without; both in this process, on SQLite files of their own. */
export const approvals: Topic = async ({ workshop, sizes: { rounds } }) => {
  const blank = await blankFile(workshop)
  const location = copyOf(blank, workshop)
  const { enterprise, teamId, grants } = await makeGrants()
  const db = await openDatabase(location)
  const token = await fill(db, enterprise, teamId, blank.scope)
  await closeDatabase(db)
  const floorAt = join(workshop.newFolder(), 'floor.db')
  copyFileSync(location, floorAt)
  const bare = await bareApprovals(floorAt, enterprise.ada.public.signingKey, blank.scope.enterpriseId)
  const wanted = grants.map(bareApprovalOf)
  const product = await serve(location, token, grants)
  const sides = { ours: product, floor: { reset: bare.reset, approve: () => bare.approve(wanted) } }
  const turns = []
  for (let round = -1; round < rounds; round++) {
    const turn = { ours: 0, floor: 0 }
    for (const side of round % 2 === 0 ? (['ours', 'floor'] as const) : (['floor', 'ours'] as const)) {
      await sides[side].reset()
      const start = performance.now()
      await sides[side].approve()
      turn[side] = performance.now() - start
    }
    // The first is for the compiler.
    if (round >= 0) turns.push(turn)
  }
  bare.close()
  await product.close()
  return [
    {
      name: 'approvals',
      what: `a request that approves ${GRANTS} memberships, SQLite, against as many bare Ed25519 verifications and statements`,
      figure: { value: median(turns.map(({ ours }) => ours)), unit: 'ms' },
      floor: { value: median(turns.map(({ floor }) => floor)), unit: 'ms' },
      ratio: medianRatio(turns),
      reach: { atMost: 3 },
    },
  ]
}

async function makeGrants() {
  const enterprise = await foundEnterprise()
  const people: Identity[] = []
  for (let n = 0; n < GRANTS; n++) people.push(await addMember(enterprise, `person-${n}@example.com`))
  const teamId = newId(TeamId)
  const key = await makeTeamKey(enterprise.state, teamId)
  await append(enterprise, publishTeamKey(key))
  const { state, ada } = enterprise
  const grants = await Promise.all(
    people.map(({ userId }) => grantTeamKey(state, key, certifiedUser(state, userId), asGranter(ada), Date.now())),
  )
  return { enterprise, teamId, grants }
}

/** The rows of an enterprise whose log this is, where everybody has registered and waits for the team. @returns Ada's token */
async function fill(
  db: Db,
  { entries, state }: TestEnterprise,
  teamId: TeamId,
  { enterpriseId, nodeId }: { enterpriseId: string; nodeId: string },
): Promise<string> {
  const like = await db.selectFrom('users').selectAll().executeTakeFirstOrThrow()
  const at = Date.now()
  return write(db, async (trx) => {
    await trx.updateTable('enterprises').set({ log_id: state.enterprise }).execute()
    for (const [sequence, entry] of entries.entries()) {
      await trx
        .insertInto('enterprise_log')
        .values({ enterprise_id: enterpriseId, sequence, ...entry, at })
        .execute()
    }
    const times = { created_at: at, updated_at: at }
    const team = { id: teamId, enterprise_id: enterpriseId, node_id: nodeId, name: 'Everybody', name_key: 'everybody', external_id: null }
    await trx
      .insertInto('teams')
      .values({ ...team, ...times, status: 'active', version: 1, archived_at: null, key_epoch: 1 })
      .execute()
    const [ada] = state.administrators.keys()
    for (const { userId, email, identity } of state.certificates.values()) {
      await trx
        .insertInto('users')
        .values({ ...like, id: userId, email, email_key: email, status: 'active', registered_at: at })
        .execute()
      const keys = { signing_key: identity.signingKey, encryption_key: identity.encryptionKey, key_binding: identity.keyBinding }
      await trx
        .insertInto('accounts')
        .values({ user_id: userId, ...keys, ...times, identity: '{}', opaque_record: null, device_list: null, device_list_version: 1 })
        .execute()
      if (userId === ada) continue
      await trx.insertInto('memberships').values({ team_id: teamId, user_id: userId, state: 'pending', created_at: at }).execute()
    }
    const userId = ada ?? ''
    await trx.insertInto('administrators').values({ user_id: userId, node_id: nodeId, role: 'full', created_at: at }).execute()
    return (await createSession(trx, { userId, enterpriseId, deviceId: null, address: '', agent: '' }, at)).token
  })
}

/** The server's HTTP side, and the request that approves all of them. */
async function serve(location: string, token: string, grants: readonly SignedStatement[]) {
  const db = await openDatabase(location)
  const settings = { scimRate: 0, metricsToken: undefined, trustProxy: false as const }
  const app = await buildApp({ db, publicUrl: 'http://localhost', logger: createLogger('silent'), metrics: createMetrics(), ...settings })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body: JSON.stringify({ grants }) }
  const pending = { state: 'pending', epoch: 0, key_grant: null, granted_by: null, granted_at: null } as const
  return {
    reset: () => write(db, (trx) => trx.updateTable('memberships').set(pending).execute()),
    async approve() {
      const answer = await fetch(`${origin}/api/v1/approvals/memberships`, request)
      const text = await answer.text()
      if (text.split('"approved"').length !== GRANTS + 1) throw new Error(`not all were approved: ${text.slice(0, 500)}`)
    },
    async close() {
      await app.close()
      await closeDatabase(db)
    },
  }
}

function bareApprovalOf(grant: SignedStatement): BareApproval {
  const said = readGrant(grant)
  if (said.kind !== 'team-key' || said.to.kind !== 'user') throw new TypeError('these grants are for members')
  return {
    signed: signedBytes('grant', fromBase64url(grant.statement)),
    signature: fromBase64url(grant.signature),
    teamId: said.teamId,
    userId: said.to.id,
    grant: JSON.stringify(grant),
  }
}
