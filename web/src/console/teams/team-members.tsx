import type { TeamId } from '@claviger/contract/ids.ts'
import { SegmentedControl, Text } from '@mantine/core'
import { Empty } from '../../ui/empty.tsx'
import { useFilters } from '../../ui/filters.ts'
import { Go } from '../../ui/go.tsx'
import { Listed } from '../../ui/listed.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { type Column, VirtualTable } from '../../ui/virtual-table.tsx'
import { usePages } from '../../worker/pages.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { actorWords } from '../timeline/words.ts'

type Member = AnswerOf<'listTeamMembers'>['members'][number]

const columns: readonly Column<Member>[] = [
  { key: 'email', header: 'E-mail', cell: ({ userId, email }) => <Go to={`/users/${userId}`}>{email}</Go> },
  {
    key: 'state',
    header: 'Membership',
    width: 'clamp(6.6rem, 14vw, 8rem)',
    cell: ({ membership }) => <StateBadge state={membership} />,
  },
  { key: 'user', header: 'Person', width: '7rem', hiddenWhen: 'narrow', cell: ({ status }) => <StateBadge state={status} /> },
  { key: 'epoch', header: 'Key', width: '6rem', hiddenWhen: 'medium', cell: ({ epoch }) => (epoch === null ? 'none' : `Epoch ${epoch}`) },
  { key: 'since', header: 'On it since', width: '9rem', hiddenWhen: 'medium', cell: ({ since }) => <TimeAgo at={since} /> },
  { key: 'granted', header: 'Admitted', width: '24%', hiddenWhen: 'narrow', cell: (member) => <Admitted {...member} /> },
]

const states = [
  { value: '', label: 'All' },
  { value: 'active', label: 'Active' },
  { value: 'pending', label: 'Pending' },
]

/** Who is on a team, in which state, and who admitted them when. */
export function TeamMembers({ teamId }: { teamId: TeamId }) {
  const [filters, change] = useFilters()
  const state = (['active', 'pending'] as const).find((each) => each === filters['members'])
  const list = usePages('listTeamMembers', { team: teamId, limit: 200, ...(state !== undefined && { state }) })
  const rows = list.pages?.flatMap(({ members }) => members) ?? []
  return (
    <>
      <SegmentedControl
        aria-label="Membership"
        data={states}
        value={state ?? ''}
        onChange={(value) => change({ members: value === '' ? undefined : value })}
        mb="md"
      />
      <Listed
        list={list}
        isEmpty={() => rows.length === 0}
        empty={
          <Empty title="Nobody">{state === undefined ? 'The directory put nobody into this group.' : 'Nobody is in this state.'}</Empty>
        }
      >
        {() => (
          <VirtualTable<Member>
            label="Members"
            columns={columns}
            rows={rows}
            total={rows.length}
            keyOf={({ userId }) => userId}
            onEnd={list.readMore}
          />
        )}
      </Listed>
    </>
  )
}

function Admitted({ grantedBy, grantedAt }: Member) {
  if (grantedBy === null)
    return (
      <Text span c="dimmed" size="sm">
        not yet
      </Text>
    )
  return (
    <>
      <TimeAgo at={grantedAt} /> by {actorWords(grantedBy)}
    </>
  )
}
