import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { Empty } from '../../ui/empty.tsx'
import { useFilters } from '../../ui/filters.ts'
import { Listed } from '../../ui/listed.tsx'
import { VirtualTable } from '../../ui/virtual-table.tsx'
import { usePages } from '../../worker/pages.ts'
import type { InputOf } from '../../worker/routes.ts'
import { BulkActs } from './bulk-acts.tsx'
import { type UserRow, userColumns } from './user-columns.tsx'
import { UserFilters, userQuery } from './user-filters.tsx'
import './users.css'

/** Rows that are read at a time. */
const PAGE = 200

const nobody: ReadonlySet<string> = new Set()

type NodeId = NonNullable<InputOf<'listUsers'>['node']>

/** The users that search and filters leave, of all nodes or of one with what is under it, and what is done with many at once. */
export function UserList({ nodeId }: { nodeId?: NodeId }) {
  const [filters, change] = useFilters()
  const query = { ...userQuery(filters), ...(nodeId !== undefined && { node: nodeId }) }
  const list = usePages('listUsers', { ...query, limit: PAGE })
  // Who was chosen in one view is not in another.
  const view = JSON.stringify(query)
  const [choice, setChoice] = useState<{ view: string; ids: ReadonlySet<string>; isAll: boolean }>({ view, ids: nobody, isAll: false })
  const rows = list.pages?.flatMap(({ users }) => users) ?? []
  const total = list.pages?.at(-1)?.total ?? 0
  const isAll = choice.view === view && choice.isAll
  const chosen = choice.view !== view ? nobody : isAll ? new Set(rows.map(({ userId }) => userId)) : choice.ids
  const isNarrowed = [query.search, query.status, query.flag, nodeId === undefined ? query.node : undefined].some(Boolean)
  return (
    <>
      <UserFilters isInNode={nodeId !== undefined} />
      <Listed
        list={list}
        isEmpty={() => rows.length === 0}
        empty={
          isNarrowed ? (
            <NobodyFits onClear={() => change({ q: undefined, state: undefined, flag: undefined, node: undefined })} />
          ) : (
            <NobodyYet />
          )
        }
      >
        {() => (
          <>
            <div className="user-bar">
              <Text size="sm" c="dimmed" role="status">
                Showing {number.format(rows.length)} of {number.format(total)}
              </Text>
              {chosen.size > 0 && (
                <BulkActs
                  chosen={rows.filter(({ userId }) => chosen.has(userId))}
                  all={isAll ? { query, total } : null}
                  onChooseAll={chosen.size < total && !isAll ? () => setChoice({ view, ids: nobody, isAll: true }) : null}
                  total={total}
                  onDone={() => setChoice({ view, ids: nobody, isAll: false })}
                />
              )}
            </div>
            <VirtualTable<UserRow>
              label="Users"
              columns={userColumns}
              rows={rows}
              total={total}
              keyOf={({ userId }) => userId}
              nameOf={({ email }) => email}
              order={{ by: query.sort ?? 'email', direction: query.order ?? 'asc' }}
              onOrder={({ by, direction }) => change({ sort: by, order: direction })}
              chosen={chosen}
              onChoose={(ids) => setChoice({ view, ids, isAll: false })}
              onEnd={list.readMore}
            />
          </>
        )}
      </Listed>
    </>
  )
}

const number = new Intl.NumberFormat('en')

function NobodyFits({ onClear }: { onClear: () => void }) {
  return (
    <>
      <Empty title="Nobody fits">No user that you may see fits this search. Deleted users are found with the state “Deleted”.</Empty>
      <div className="user-clear">
        <Button variant="default" onClick={onClear}>
          Show all users
        </Button>
      </div>
    </>
  )
}

function NobodyYet() {
  return (
    <Empty title="Nobody is here yet">
      People come from your directory: connect it under Provisioning, and assign them there. They appear here by themselves.
    </Empty>
  )
}
