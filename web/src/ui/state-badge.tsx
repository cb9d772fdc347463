import {
  IconArchive,
  IconCircleCheck,
  IconClock,
  IconLock,
  IconMailForward,
  IconPencil,
  IconPlayerPause,
  IconTrash,
} from '@tabler/icons-react'
import './state-badge.css'

/** The states that things of the vocabulary can be in. */
const states = {
  active: { tone: 'good', icon: IconCircleCheck },
  accepted: { tone: 'good', icon: IconCircleCheck },
  invited: { tone: 'waits', icon: IconMailForward },
  pending: { tone: 'waits', icon: IconClock },
  queued: { tone: 'waits', icon: IconClock },
  sent: { tone: 'plain', icon: IconMailForward },
  draft: { tone: 'plain', icon: IconPencil },
  paused: { tone: 'bad', icon: IconPlayerPause },
  locked: { tone: 'bad', icon: IconLock },
  failed: { tone: 'bad', icon: IconMailForward },
  expired: { tone: 'bad', icon: IconClock },
  deleted: { tone: 'plain', icon: IconTrash },
  archived: { tone: 'plain', icon: IconArchive },
} as const

export type State = keyof typeof states

/** A state in a word, a shape and a colour, so that none of them is needed alone. */
export function StateBadge({ state, label = state }: { state: State; label?: string }) {
  const { tone, icon: Icon } = states[state]
  return (
    <span className="state" data-tone={tone}>
      <Icon size={14} aria-hidden />
      {label}
    </span>
  )
}
