import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import type { Column } from '../../ui/virtual-table.tsx'
import type { AnswerOf } from '../../worker/routes.ts'
import { UserFlags } from './user-flags.tsx'

export type UserRow = AnswerOf<'listUsers'>['users'][number]

/** The columns of the list of users. */
export const userColumns: readonly Column<UserRow>[] = [
  {
    key: 'email',
    header: 'E-mail',
    sort: 'email',
    cell: ({ userId, email: address, name }) => (
      <>
        <Anchor className="user-email" size="sm" component={Link} to={`/users/${userId}`}>
          {address}
        </Anchor>
        {name !== undefined && <span className="user-name">{name}</span>}
      </>
    ),
  },
  {
    key: 'state',
    header: 'State',
    width: 'clamp(6.2rem, 12vw, 7rem)',
    cell: ({ status }) => <StateBadge state={status} />,
  },
  {
    key: 'node',
    header: 'Node',
    width: '8rem',
    hiddenWhen: 'medium',
    cell: ({ nodeName }) => nodeName,
  },
  {
    key: 'teams',
    header: 'Teams',
    hiddenWhen: 'narrow',
    cell: ({ teams, teamCount }) => teamNames(teams, teamCount),
  },
  {
    key: 'seen',
    header: 'Last seen',
    width: '7.5rem',
    hiddenWhen: 'narrow',
    cell: ({ lastSeenAt }) => <TimeAgo at={lastSeenAt} />,
  },
  {
    key: 'created',
    header: 'Created',
    width: '8rem',
    sort: 'created',
    hiddenWhen: 'large',
    cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
  },
  {
    key: 'flags',
    header: 'Flags',
    width: 'clamp(3.4rem, 14vw, 10rem)',
    cell: ({ flags }) => <UserFlags flags={flags} />,
  },
]

function teamNames(teams: UserRow['teams'], count: number): string {
  const [first, second] = teams.map(({ name }) => name)
  const shown = [first, second].filter((name) => name !== undefined)
  return [shown.join(', '), ...(count > shown.length ? [`and ${count - shown.length} more`] : [])].join(' ')
}
