import { z } from 'zod'
import { AutomatorId, ConnectionId, EnterpriseLogId, EntryHash, NodeId, TeamId, UserId } from '../ids.ts'
import { EncryptionKey, PublicIdentity, SigningKey } from '../public-keys.ts'
import { base64urlBetween, base64urlOf, Epoch, Millis, Suite, wholeFrom } from '../shape.ts'
import { SignedStatement } from '../signed-statement.ts'

/**
 * What an administrator may state: `administrators` adds and removes them and renews the approver key, `policy` sets the
 * approval policy, pins directories and enrols automators, `certify` certifies people and publishes team keys,
 * `recovery` renews the recovery key.
 */
export const AdministratorRight = z.enum(['administrators', 'policy', 'certify', 'recovery'])
export type AdministratorRight = z.infer<typeof AdministratorRight>

/** What an automator may do. `certify` and `teams` are statements in the log; the others bind who reads the log. */
export const AutomatorRight = z.enum(['certify', 'teams', 'memberships', 'devices'])
export type AutomatorRight = z.infer<typeof AutomatorRight>

/** By what a person was certified. */
export const Evidence = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('administrator'), wordsCompared: z.boolean() }),
  z.strictObject({ kind: z.literal('automator'), rule: z.string().min(1).max(200) }),
  // Trust at first use: only while the policy lets everybody in whom the directory pushes.
  z.strictObject({ kind: z.literal('first-use') }),
  // The directory's signed response is kept beside the log; its hash holds it to this statement.
  z.strictObject({ kind: z.literal('saml'), connectionId: ConnectionId, nonce: base64urlOf(32), responseHash: base64urlOf(32) }),
])
export type Evidence = z.infer<typeof Evidence>

export const Policy = z.strictObject({
  /** Who may be given keys without an administrator's act: people with a certificate, or everyone whom the directory pushes. */
  autoApproval: z.enum(['verified-members', 'everyone']),
  /** Whether clients wrap the user root for the recovery key too. */
  recovery: z.boolean(),
})
export type Policy = z.infer<typeof Policy>

/** What an automator is enrolled with. `nodes` null: all of them. */
export const AutomatorScope = z.strictObject({
  rights: z.array(AutomatorRight).max(4),
  nodes: z.array(NodeId).max(1000).nullable(),
  verifiedPeopleOnly: z.boolean(),
})
export type AutomatorScope = z.infer<typeof AutomatorScope>

/**
 * How many grants may lie between a user who states a team key and an approver. Who was admitted last stands at the far end
 * of a chain, so all but a few hold the key by one or two; the bound keeps what every reader must check small.
 */
export const MOST_GRANTS = 4

const emailAddress = z.string().min(3).max(254)
const Body = z.discriminatedUnion('kind', [
  // The nonce makes every enterprise's log id another, also where one person sets up two.
  z.strictObject({ kind: z.literal('genesis'), nonce: base64urlOf(32), userId: UserId, email: emailAddress, identity: PublicIdentity }),
  z.strictObject({ kind: z.literal('administrator-added'), userId: UserId, rights: z.array(AdministratorRight).min(1).max(4) }),
  z.strictObject({ kind: z.literal('administrator-removed'), userId: UserId }),
  z.strictObject({
    kind: z.literal('user-certified'),
    userId: UserId,
    /** The address at that time, as whoever certified saw it. The keys belong to the id, whatever the address becomes. */
    email: emailAddress,
    identity: PublicIdentity,
    /** The signing key of the certificate that this one takes the place of, else null. */
    replaces: SigningKey.nullable(),
    evidence: Evidence,
  }),
  z.strictObject({
    kind: z.literal('identity-provider-pinned'),
    connectionId: ConnectionId,
    entityId: z.string().min(1).max(1024),
    /** DER. Two while one is being rotated. */
    certificates: z.array(base64urlBetween(64, 8192)).min(1).max(2),
  }),
  z.strictObject({ kind: z.literal('identity-provider-removed'), connectionId: ConnectionId }),
  z.strictObject({ kind: z.literal('policy-set'), policy: Policy }),
  z.strictObject({ kind: z.literal('approver-key'), epoch: Epoch, publicKey: EncryptionKey }),
  z.strictObject({ kind: z.literal('recovery-key'), epoch: Epoch, publicKey: EncryptionKey }),
  z.strictObject({
    kind: z.literal('team-key'),
    teamId: TeamId,
    epoch: Epoch,
    publicKey: EncryptionKey,
    /** The grants by which a user holds the epoch before, theirs first. Absent where a right or that epoch itself speaks for the signer. */
    heldBy: z.array(SignedStatement).min(1).max(MOST_GRANTS).optional(),
  }),
  z.strictObject({ kind: z.literal('automator-enrolled'), automatorId: AutomatorId, identity: PublicIdentity, scope: AutomatorScope }),
  z.strictObject({ kind: z.literal('automator-removed'), automatorId: AutomatorId }),
])
export type StatementBody = z.infer<typeof Body>
export type StatementOf<Kind extends StatementBody['kind']> = Extract<StatementBody, { kind: Kind }>

/** In which role somebody signs. `user`: for themselves, with the directory's evidence, or for a team whose newest key they hold. */
export const Signer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('administrator'), id: UserId }),
  z.strictObject({ kind: z.literal('automator'), id: AutomatorId }),
  z.strictObject({ kind: z.literal('user'), id: UserId }),
])
export type Signer = z.infer<typeof Signer>

/** A statement of the enterprise log. `enterprise` and `previous` are null in the genesis alone, which has `sequence` 0. */
export const Statement = z.strictObject({
  suite: Suite,
  enterprise: EnterpriseLogId.nullable(),
  sequence: wholeFrom(0),
  previous: EntryHash.nullable(),
  at: Millis,
  signer: Signer,
  body: Body,
})
export type Statement = z.infer<typeof Statement>
