import { fromBase64url } from '@claviger/contract/bytes.ts'
import type { SigningKey } from '@claviger/contract/public-keys.ts'
import { connectSqlite } from '@claviger/server/storage/sqlite-line.ts'

/** One membership to approve: the bytes that were signed, their signature, and the row. */
export interface BareApproval {
  readonly signed: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
  readonly teamId: string
  readonly userId: string
  readonly grant: string
}

/**
 * What taking approvals cannot do without: one Ed25519 verification for each, one statement for each membership, and the
 * two rows that tell of them, in one transaction of a store at `location`. `reset` makes the memberships pending again.
 */
export async function bareApprovals(location: string, signingKey: SigningKey, enterpriseId: string) {
  const signer = await globalThis.crypto.subtle.importKey('raw', fromBase64url(signingKey), { name: 'Ed25519' }, false, ['verify'])
  const file = connectSqlite(location, false)
  const statement = (sql: string) => file.prepare(sql)
  const [begin, commit] = [statement('begin immediate'), statement('commit')]
  const activate = statement(
    "update memberships set state = 'active', epoch = 1, key_grant = ?, granted_by = ?, granted_at = ? where team_id = ? and user_id = ? and state = 'pending'",
  )
  const audit = statement(
    "insert into audit_log (id, enterprise_id, at, actor, action, subject_kind, subject_id, detail) values (?, ?, ?, 'user', 'membership.approved', 'team', ?, ?)",
  )
  const change = statement("insert into changes (enterprise_id, kind, subject_id, at) values (?, 'team', ?, ?)")
  const pending = statement("update memberships set state = 'pending', epoch = 0, key_grant = null, granted_by = null, granted_at = null")
  return {
    reset: () => void pending.run(),
    close: () => file.close(),
    async approve(approvals: readonly BareApproval[]): Promise<void> {
      const { subtle } = globalThis.crypto
      const verified = await Promise.all(
        approvals.map(({ signed, signature }) => subtle.verify({ name: 'Ed25519' }, signer, signature, signed)),
      )
      if (verified.includes(false)) throw new Error('a signature does not verify')
      const at = Date.now()
      const [first] = approvals
      begin.run()
      for (const { teamId, userId, grant } of approvals) activate.run(grant, 'user', at, teamId, userId)
      audit.run(
        globalThis.crypto.randomUUID(),
        enterpriseId,
        at,
        first?.teamId ?? '',
        JSON.stringify(approvals.map(({ userId }) => userId)),
      )
      change.run(enterpriseId, first?.teamId ?? '', at)
      commit.run()
    },
  }
}
