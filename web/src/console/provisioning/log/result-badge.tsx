import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import '../../../ui/state-badge.css'
import type { Entry } from './followed.ts'

/** How a request ended, with the status that the directory was answered. */
export function ResultBadge({ entry: { result, status } }: { entry: Pick<Entry, 'result' | 'status'> }) {
  const Icon = result === 'ok' ? IconCircleCheck : IconCircleX
  return (
    <span className="state" data-tone={result === 'ok' ? 'good' : 'bad'}>
      <Icon size={14} aria-hidden />
      {result === 'ok' ? 'done' : 'failed'} {status}
    </span>
  )
}
