import { Button } from '@mantine/core'
import { useAsk } from '../../worker/ask.ts'
import type { Approval } from '../approvals/use-approval.ts'
import { SHOWN } from '../approvals/why-it-waits.tsx'
import type { TeamDetails } from './team-page.tsx'

/** What the caller can approve of a team: its first or next key, and its members. Nothing where they cannot. */
export function TeamActs({ team, approval }: { team: TeamDetails; approval: Approval }) {
  const { teamId } = team
  const { act } = approval
  const waiting = useAsk('readPending', { limit: SHOWN, team: teamId })
  const mine = waiting.data?.items.filter(({ byYou }) => byYou) ?? []
  const has = (kind: (typeof mine)[number]['kind']) => mine.some((item) => item.kind === kind)
  const button = (label: string, certify: boolean) => (
    <Button loading={act.isPending} onClick={() => act.mutate({ what: 'team', teamId, certify })}>
      {label}
    </Button>
  )
  if (has('team')) return button('Approve', true)
  if (has('rotation')) return button('Make the next key', false)
  return has('membership') ? button('Approve members', true) : null
}
