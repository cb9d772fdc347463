/** Everything that the audit log tells of, `<kind>.<past participle>`. Who adds one says it in words, too (web: console/timeline/words.ts). */
export const ACTIONS = [
  ...(['enterprise.created', 'enterprise.changed', 'log.appended', 'approvers.granted'] as const),
  ...(['node.added', 'node.renamed', 'node.removed'] as const),
  ...(['method.added', 'method.saved', 'method.changed', 'method.paused', 'method.resumed'] as const),
  ...(['method.limits-changed', 'method.observe-started', 'method.observe-ended'] as const),
  ...(['method.removals-approved', 'method.removals-rejected', 'user.removal-rejected', 'team.removal-rejected'] as const),
  ...(['token.issued', 'token.revoked'] as const),
  ...(['user.created', 'user.updated', 'user.renamed', 'user.locked', 'user.unlocked', 'user.moved'] as const),
  ...(['user.deleted', 'user.restored', 'user.purged', 'user.registered'] as const),
  ...(['user.appointed', 'user.role-changed', 'user.dismissed'] as const),
  ...(['user.password-changed', 'user.recovery-code-renewed', 'user.recovered', 'user.opened-by-recovery-key'] as const),
  ...(['user.vault-transferred', 'second-factor.added', 'second-factor.removed'] as const),
  ...(['invitation.sent', 'invitation.failed', 'invitation.resent', 'notice.sent', 'notice.failed'] as const),
  ...(['device.requested', 'device.approved', 'device.denied', 'device.cancelled', 'device.added', 'device.removed'] as const),
  ...(['session.started', 'session.ended'] as const),
  ...(['team.created', 'team.renamed', 'team.updated', 'team.approved', 'team.rotated'] as const),
  ...(['team.archived', 'team.restored', 'team.purged'] as const),
  ...(['membership.changed', 'membership.approved', 'automator.enrolled', 'automator.removed'] as const),
  ...(['folder.created', 'folder.renamed', 'folder.shared', 'folder.unshared', 'folder.rotated'] as const),
  ...(['folder.binned', 'folder.restored', 'folder.purged', 'folder.inherited', 'folder.transferred'] as const),
  ...(['record.added', 'records.added', 'record.opened', 'record.saved', 'record.moved', 'record.arrived'] as const),
  ...(['record.binned', 'record.restored', 'record.purged', 'attachment.added', 'attachment.removed'] as const),
] as const

/** One of them. */
export type Action = (typeof ACTIONS)[number]
