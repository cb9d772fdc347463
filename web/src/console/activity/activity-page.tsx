import { Stack } from '@mantine/core'
import { Empty } from '../../ui/empty.tsx'
import { useFilters } from '../../ui/filters.ts'
import { Listed } from '../../ui/listed.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { usePages } from '../../worker/pages.ts'
import { ActivityFilters } from './activity-filters.tsx'
import { ActivityList } from './activity-list.tsx'
import { Export } from './export.tsx'
import { queryOf } from './query.ts'

/** What was done by whom, newest first. */
export function ActivityPage() {
  const [filters, change] = useFilters()
  const query = queryOf(filters)
  const list = usePages('listActivity', query)
  return (
    <>
      <PageTitle
        title="Activity"
        lead="What was done, and by whom. It is kept on the server, and names no secret."
        actions={<Export query={query} />}
      />
      <Stack>
        <ActivityFilters filters={filters} onChange={change} />
        <Listed
          list={list}
          isEmpty={(pages) => pages.every(({ entries }) => entries.length === 0)}
          empty={<Empty title="Nothing fits">Choose other filters, or a longer time.</Empty>}
        >
          {(pages) => (
            <ActivityList
              entries={pages.flatMap(({ entries }) => entries)}
              onNarrow={change}
              onMore={list.hasMore ? list.readMore : undefined}
            />
          )}
        </Listed>
      </Stack>
    </>
  )
}
