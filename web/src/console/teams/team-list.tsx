import { Button, Text } from '@mantine/core'
import { Empty } from '../../ui/empty.tsx'
import { useFilters } from '../../ui/filters.ts'
import { Listed } from '../../ui/listed.tsx'
import { VirtualTable } from '../../ui/virtual-table.tsx'
import { usePages } from '../../worker/pages.ts'
import type { InputOf } from '../../worker/routes.ts'
import { type TeamRow, teamColumns } from './team-columns.tsx'
import { TeamFilters, teamQuery } from './team-filters.tsx'
import './teams.css'

/** Rows that are read at a time. */
const PAGE = 100
const number = new Intl.NumberFormat('en')

type NodeId = NonNullable<InputOf<'listTeams'>['node']>

/** The teams that search and filters leave, of all nodes or of one with what is under it. */
export function TeamList({ nodeId }: { nodeId?: NodeId }) {
  const [filters, change] = useFilters()
  const query = { ...teamQuery(filters), ...(nodeId !== undefined && { node: nodeId }) }
  const list = usePages('listTeams', { ...query, limit: PAGE })
  const rows = list.pages?.flatMap(({ teams }) => teams) ?? []
  const total = list.pages?.at(-1)?.total ?? 0
  const isNarrowed = [query.search, query.status, nodeId === undefined ? query.node : undefined].some(Boolean)
  return (
    <>
      <TeamFilters isInNode={nodeId !== undefined} />
      <Listed
        list={list}
        isEmpty={() => rows.length === 0}
        empty={
          isNarrowed ? (
            <>
              <Empty title="No team fits">
                No team that you may see fits this search. Archived teams are found with the state “Archived”.
              </Empty>
              <div className="team-clear">
                <Button variant="default" onClick={() => change({ q: undefined, state: undefined, node: undefined })}>
                  Show all teams
                </Button>
              </div>
            </>
          ) : (
            <Empty title="No team is here yet">
              Assigning a group in the directory brings its people and makes no team. Push the group: it appears here by itself, and waits
              for an approver.
            </Empty>
          )
        }
      >
        {() => (
          <>
            <Text size="sm" c="dimmed" role="status" mb="xs">
              Showing {number.format(rows.length)} of {number.format(total)}
            </Text>
            <VirtualTable<TeamRow>
              label="Teams"
              columns={teamColumns}
              rows={rows}
              total={total}
              keyOf={({ teamId }) => teamId}
              order={{ by: query.sort ?? 'name', direction: query.order ?? 'asc' }}
              onOrder={({ by, direction }) => change({ sort: by, order: direction })}
              onEnd={list.readMore}
            />
          </>
        )}
      </Listed>
    </>
  )
}
