import { Go } from '../../ui/go.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import type { Column } from '../../ui/virtual-table.tsx'
import type { AnswerOf } from '../../worker/routes.ts'

export type TeamRow = AnswerOf<'listTeams'>['teams'][number]

/** The columns of the list of teams. */
export const teamColumns: readonly Column<TeamRow>[] = [
  { key: 'name', header: 'Name', sort: 'name', cell: ({ teamId, name }) => <Go to={`/teams/${teamId}`}>{name}</Go> },
  {
    key: 'state',
    header: 'State',
    width: 'clamp(6.6rem, 12vw, 7.5rem)',
    cell: ({ status }) => <StateBadge state={status} />,
  },
  { key: 'members', header: 'Members', width: 'clamp(5rem, 20vw, 11rem)', cell: ({ members }) => membersText(members) },
  { key: 'folders', header: 'Folders', width: '5.5rem', hiddenWhen: 'narrow', cell: ({ folders }) => folders },
  { key: 'key', header: 'Key', width: '10rem', hiddenWhen: 'narrow', cell: (team) => keyText(team) },
  { key: 'node', header: 'Node', width: '9rem', hiddenWhen: 'medium', cell: ({ nodeName }) => nodeName },
  {
    key: 'created',
    header: 'Created',
    width: '8rem',
    sort: 'created',
    hiddenWhen: 'medium',
    cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
  },
]

/** `12, 3 pending` */
export function membersText({ active, pending }: TeamRow['members']): string {
  return pending === 0 ? `${active}` : `${active}, ${pending} pending`
}

/** In which epoch the team's key is, and whether the next is due. */
export function keyText({ keyEpoch, rotationDue }: Pick<TeamRow, 'keyEpoch' | 'rotationDue'>): string {
  if (keyEpoch === 0) return 'none yet'
  return rotationDue ? `Epoch ${keyEpoch}, next due` : `Epoch ${keyEpoch}`
}
