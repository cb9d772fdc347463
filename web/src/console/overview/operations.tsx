import { Text } from '@mantine/core'
import { useState } from 'react'
import { numberText } from '../../ui/figures.ts'
import { Section } from '../../ui/section.tsx'
import type { AnswerOf } from '../../worker/routes.ts'
import './operations.css'

type Day = AnswerOf<'readOverview'>['days'][number]

/** Of the drawing: its own units, stretched to the room that there is. */
const HEIGHT = 100
const GAP = 0.2
/** What is not nothing can be seen. */
const LEAST = 1.5

const dayText = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** Operations of the directories on each day: a drawing, and the same as a table. */
export function Operations({ days }: { days: readonly Day[] }) {
  const [looked, setLooked] = useState<Day | null>(null)
  const ok = sumOf(days, 'ok')
  const failed = sumOf(days, 'failed')
  const most = Math.max(1, ...days.map((day) => day.ok + day.failed))
  return (
    <Section title="Provisioning operations" lead={`The last ${days.length} days, by days of UTC.`}>
      <Text size="sm" className="operations-legend">
        <span className="operations-ok" aria-hidden />
        {numberText(looked?.ok ?? ok)} succeeded
        <span className="operations-failed" aria-hidden />
        {numberText(looked?.failed ?? failed)} failed
        <span className="operations-day">{looked === null ? 'in all' : `on ${shown(looked)}`}</span>
      </Text>
      {ok + failed === 0 ? (
        <Text c="dimmed">No directory has called in this time.</Text>
      ) : (
        <div className="operations-drawing" aria-hidden>
          <span className="operations-most">{numberText(most)}</span>
          <svg viewBox={`0 0 ${days.length} ${HEIGHT}`} preserveAspectRatio="none" onPointerLeave={() => setLooked(null)}>
            <title>Operations a day</title>
            {days.map((day, index) => (
              <Bar key={day.day} day={day} x={index} most={most} onLook={setLooked} isLooked={looked?.day === day.day} />
            ))}
          </svg>
          <span className="operations-ends">
            {days.length > 0 && <span>{shown(days[0])}</span>}
            <span>today</span>
          </span>
        </div>
      )}
      <details className="operations-table">
        <summary>As a table</summary>
        <DayTable days={days} />
      </details>
    </Section>
  )
}

interface BarProps {
  readonly day: Day
  readonly x: number
  readonly most: number
  readonly isLooked: boolean
  readonly onLook: (day: Day) => void
}

/** What failed stands on what succeeded. The whole height of the day answers the pointer. */
function Bar({ day, x, most, isLooked, onLook }: BarProps) {
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(LEAST, (count / most) * (HEIGHT - LEAST)))
  const [ok, failed] = [heightOf(day.ok), heightOf(day.failed)]
  const place = { x: x + GAP / 2, width: 1 - GAP }
  return (
    <g onPointerEnter={() => onLook(day)} data-looked={isLooked || undefined}>
      <rect className="operations-ground" x={x} y={0} width={1} height={HEIGHT} />
      <rect className="operations-ok" {...place} y={HEIGHT - ok} height={ok} />
      <rect className="operations-failed" {...place} y={HEIGHT - ok - failed} height={failed} />
    </g>
  )
}

function DayTable({ days }: { days: readonly Day[] }) {
  return (
    <table aria-label="Provisioning operations a day">
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">Succeeded</th>
          <th scope="col">Failed</th>
        </tr>
      </thead>
      <tbody>
        {days.toReversed().map((day) => (
          <tr key={day.day}>
            <th scope="row">{shown(day)}</th>
            <td>{numberText(day.ok)}</td>
            <td>{numberText(day.failed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function sumOf(days: readonly Day[], what: 'ok' | 'failed'): number {
  return days.reduce((sum, day) => sum + day[what], 0)
}

function shown(day: Day | undefined): string {
  return day === undefined ? '' : dayText.format(new Date(`${day.day}T00:00:00Z`))
}
