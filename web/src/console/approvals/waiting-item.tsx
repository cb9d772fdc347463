import type { PendingItem } from '@claviger/contract/api/pending.ts'
import { Button, Text } from '@mantine/core'
import { Go } from '../../ui/go.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import type { Wanted } from '../../worker/approving.ts'
import { useAsk } from '../../worker/ask.ts'
import { titleOf } from './kinds.ts'
import { UnblockedBy } from './unblocked-by.tsx'
import type { PersonToVerify } from './verify-person.tsx'

/** What can be done about a thing that waits. */
export interface ItemActs {
  readonly approve: (wanted: Wanted, name: string) => void
  /** The name of what is being approved; null while nothing is. */
  readonly approving: string | null
  readonly verify: (person: PersonToVerify) => void
  readonly letIn: (requestId: string) => void
}

/** One thing that waits: why, who can end the wait, and what the caller can do. */
export function WaitingItem({ item, acts }: { item: PendingItem; acts: ItemActs }) {
  const title = titleOf(item)
  return (
    <div className="waiting-item">
      <div className="waiting-item-head">
        <Text fw={600} component="h3">
          {item.teamId !== null && item.kind === 'team' ? <Go to={`/teams/${item.teamId}`}>{title}</Go> : title}
        </Text>
        <Text size="sm" c="dimmed">
          since <TimeAgo at={item.since} />
        </Text>
      </div>
      <div className="waiting-item-act">
        <Act item={item} acts={acts} />
      </div>
      <div className="waiting-item-why">
        <Text size="sm">{item.reason}</Text>
        <div className="why-it-waits-end">
          <Text span c="dimmed" size="sm">
            Who can end the wait:
          </Text>
          <UnblockedBy item={item} />
        </div>
      </div>
    </div>
  )
}

function Act({ item, acts }: { item: PendingItem; acts: ItemActs }) {
  const me = useAsk('me', {})
  const { kind, code, byYou, teamId, userId, email, subjectId } = item
  const button = (label: string, wanted: Wanted) => {
    const name = titleOf(item)
    return (
      <Button
        size="xs"
        variant="default"
        aria-label={`${label}: ${name}`}
        loading={acts.approving === name}
        disabled={acts.approving !== null}
        onClick={() => acts.approve(wanted, name)}
      >
        {label}
      </Button>
    )
  }
  if (!byYou) return null
  if (kind === 'team' && teamId !== null) return button('Approve', { what: 'team', teamId, certify: true })
  if (kind === 'rotation' && teamId !== null) return button('Make the next key', { what: 'team', teamId, certify: false })
  if (kind === 'log-key') return button('Renew', { what: 'keys' })
  if (kind === 'folder-rotation') return button('Make the next key', { what: 'keys' })
  if (code === 'not-verified' && userId !== null && email !== null) {
    return (
      <Button size="xs" variant="default" aria-label={`Verify: ${email}`} onClick={() => acts.verify({ userId, email })}>
        Verify
      </Button>
    )
  }
  if (kind === 'membership' && teamId !== null && userId !== null && (code === 'waits-for-approver' || code === 'renewal-due')) {
    return button(code === 'renewal-due' ? 'Give the key' : 'Approve', { what: 'member', teamId, userId })
  }
  if (kind === 'device' && userId === me.data?.userId && subjectId !== null) {
    return (
      <Button size="xs" variant="default" onClick={() => acts.letIn(subjectId)}>
        Compare words
      </Button>
    )
  }
  // Sending an invitation anew, unlocking and letting somebody back in stand on the person's page.
  if (userId !== null && code !== 'team-pending') return <Go to={`/users/${userId}`}>Go to {email}</Go>
  return null
}
