import type { PendingItem, Unblocker } from '@claviger/contract/api/pending.ts'
import { useAsk } from '../../worker/ask.ts'
import './unblocked-by.css'

const kinds: Readonly<Record<Unblocker['kind'], string>> = {
  administrator: 'administrator',
  member: 'member of the team',
  automator: 'automator',
  user: 'the person themselves',
}

/** Who can end a wait, those first who are there now. `most` are named, the others counted. */
export function UnblockedBy({ item, most = 3 }: { item: PendingItem; most?: number }) {
  const me = useAsk('me', {})
  const { unblockedBy, others } = item
  if (unblockedBy.length === 0) return <>Nobody at present: give somebody a role here that lets them approve.</>
  const more = unblockedBy.length - most + others
  return (
    <ul className="unblocked-by">
      {unblockedBy.slice(0, most).map(({ kind, id, name, online }) => (
        <li key={id} title={`${name}, ${kinds[kind]}`}>
          <span className="unblocked-by-name">{id === me.data?.userId ? 'you' : name}</span>
          {online && <span className="unblocked-by-online">online</span>}
        </li>
      ))}
      {more > 0 && <li>and {more} more</li>}
    </ul>
  )
}
