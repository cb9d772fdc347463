import { TeamId, UserId } from '@claviger/contract/ids.ts'
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { Empty } from '../../ui/empty.tsx'
import { Failure } from '../../ui/failure.tsx'
import { type Filters, useFilters } from '../../ui/filters.ts'
import { Loaded } from '../../ui/loaded.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf, InputOf } from '../../worker/routes.ts'
import { ApprovalReport } from './approval-report.tsx'
import { ApproveAll } from './approve-all.tsx'
import './approvals.css'
import { kindOf, kindsInOrder, kindTitles } from './kinds.ts'
import { OwnDevice } from './own-device.tsx'
import { useApproval } from './use-approval.ts'
import { type PersonToVerify, VerifyPerson } from './verify-person.tsx'
import { WaitingGroup } from './waiting-group.tsx'
import type { ItemActs } from './waiting-item.tsx'

/** Of each kind, at first. */
const FIRST = 100

/** Everything that waits for a client with a key: why, who can end the wait, and what is approved here. */
export function ApprovalsPage() {
  const [filters, change] = useFilters()
  const asked = askedFor(filters)
  const pending = useAsk('readPending', { ...asked, limit: FIRST }, { keepOld: true })
  const [isAllOpen, setAllOpen] = useState(false)
  const [person, setPerson] = useState<PersonToVerify | null>(null)
  const [device, setDevice] = useState<string | null>(null)
  const [approving, setApproving] = useState<string | null>(null)
  const { act } = useApproval()
  const approve: ItemActs['approve'] = (wanted, name) => {
    setApproving(name)
    act.mutate(wanted, { onSettled: () => setApproving(null) })
  }
  const acts: ItemActs = { approve, approving, verify: setPerson, letIn: setDevice }
  return (
    <>
      <PageTitle
        title="Approvals"
        lead="Keys are made and given in this browser, and only when you say so."
        actions={<Button onClick={() => setAllOpen(true)}>Approve all</Button>}
      />
      {act.data !== undefined && <ApprovalReport key={act.submittedAt} outcome={act.data} onClose={act.reset} />}
      <Failure error={act.error} />
      <ApprovalFilters filters={filters} change={change} />
      <Loaded query={pending}>{(data) => <Groups data={data} asked={asked} acts={acts} />}</Loaded>
      <ApproveAll opened={isAllOpen} onClose={() => setAllOpen(false)} />
      <VerifyPerson person={person} onClose={() => setPerson(null)} />
      <OwnDevice requestId={device} onClose={() => setDevice(null)} />
    </>
  )
}

function askedFor(filters: Filters): InputOf<'readPending'> {
  const kind = kindOf(filters['kind'])
  const user = UserId.safeParse(filters['user']).data
  const team = TeamId.safeParse(filters['team']).data
  return { ...(kind && { kind }), ...(user && { user }), ...(team && { team }) }
}

function Groups({ data, asked, acts }: { data: AnswerOf<'readPending'>; asked: InputOf<'readPending'>; acts: ItemActs }) {
  const overview = useAsk('readOverview', {})
  const isNarrowed = Object.keys(asked).length > 0
  if (data.items.length === 0) {
    return isNarrowed ? (
      <Empty title="Nothing of this waits">Other things may: show everything that waits.</Empty>
    ) : (
      <Empty title="Nothing waits">When your directory pushes a group, it appears here as a pending team.</Empty>
    )
  }
  const isOfAll = asked.team === undefined && asked.user === undefined
  return kindsInOrder.map((kind) => {
    const first = data.items.filter((item) => item.kind === kind)
    const after = data.more.find((more) => more.kind === kind)?.after ?? null
    const total = isOfAll ? overview.data?.waiting.find((waiting) => waiting.kind === kind)?.count : undefined
    return first.length === 0 ? null : <WaitingGroup key={kind} {...{ kind, first, after, total, asked, acts }} />
  })
}

function ApprovalFilters({ filters, change }: { filters: Filters; change: (changes: Filters) => void }) {
  const isOfOne = filters['user'] !== undefined || filters['team'] !== undefined
  return (
    <search className="approvals-filters">
      <NativeSelect
        aria-label="Kind"
        value={kindOf(filters['kind']) ?? ''}
        onChange={(event) => change({ kind: event.currentTarget.value === '' ? undefined : event.currentTarget.value })}
        data={[{ value: '', label: 'Everything that waits' }, ...kindsInOrder.map((kind) => ({ value: kind, label: kindTitles[kind] }))]}
      />
      {isOfOne && (
        <Button variant="default" onClick={() => change({ user: undefined, team: undefined })}>
          {filters['user'] === undefined ? 'Of one team: show all teams' : 'Of one person: show everybody'}
        </Button>
      )}
    </search>
  )
}
