import { Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { durationText, numberText } from '../../ui/figures.ts'
import { type State, StateBadge } from '../../ui/state-badge.tsx'
import type { AnswerOf } from '../../worker/routes.ts'

type Overview = AnswerOf<'readOverview'>

/** How many people and teams there are in each state, and how long it takes to become one of them. */
export function PeopleAndTeams({ overview: { users, teams, timeToAccess } }: { overview: Overview }) {
  return (
    <dl className="overview-tiles">
      <Tile name="Users" total={users.invited + users.active + users.locked}>
        <Counted state="active" count={users.active} to="/users" />
        <Counted state="invited" count={users.invited} to="/users" />
        <Counted state="locked" count={users.locked} to="/users" />
      </Tile>
      <Tile name="Teams" total={teams.pending + teams.active}>
        <Counted state="active" count={teams.active} to="/teams" />
        <Counted state="pending" count={teams.pending} to="/teams" />
        <Counted state="archived" count={teams.archived} to="/teams" />
      </Tile>
      <div className="overview-tile">
        <dt>From assignment to access</dt>
        <dd>
          <div className="overview-figure">{timeToAccess.medianMillis === null ? '–' : durationText(timeToAccess.medianMillis)}</div>
          <Text size="sm" c="dimmed">
            {timeToAccess.medianMillis === null
              ? 'Nobody registered in the last 30 days.'
              : `The median of ${numberText(timeToAccess.people)} ${timeToAccess.people === 1 ? 'person' : 'people'} who registered in the last 30 days.`}
          </Text>
        </dd>
      </div>
    </dl>
  )
}

function Tile({ name, total, children }: { name: string; total: number; children: ReactNode }) {
  return (
    <div className="overview-tile">
      <dt>{name}</dt>
      <dd>
        <div className="overview-figure">{numberText(total)}</div>
        <ul className="overview-states">{children}</ul>
      </dd>
    </div>
  )
}

/** States that nobody is in are left out. */
function Counted({ state, count, to }: { state: State; count: number; to: string }) {
  if (count === 0) return null
  return (
    <li>
      <Link to={to} search={{ status: state }} className="overview-state">
        <StateBadge state={state} label={`${numberText(count)} ${state}`} />
      </Link>
    </li>
  )
}
