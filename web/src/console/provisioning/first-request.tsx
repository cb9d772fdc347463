import { Text } from '@mantine/core'
import { TimeAgo } from '../../ui/time.tsx'
import type { MethodShown } from './method-shown.ts'
import './provisioning.css'

type Seen = Pick<MethodShown, 'state' | 'pausedBy' | 'observe' | 'lastContact' | 'calledSinceSaved'>

/** The light that says whether the directory has called. Screen readers are told when it changes. */
export function FirstRequest({ method }: { method: Seen }) {
  const { lamp, title } = lightOf(method)
  return (
    <div className="light" data-lamp={lamp}>
      <span className="light-lamp" aria-hidden />
      <div>
        <Text role="status" fw={600}>
          {title}
        </Text>
        <Text size="sm" c="dimmed">
          <More method={method} />
        </Text>
      </div>
    </div>
  )
}

function lightOf({ state, pausedBy, observe, calledSinceSaved, lastContact }: Seen): {
  lamp: 'off' | 'waits' | 'green' | 'red'
  title: string
} {
  if (state === 'draft') {
    return lastContact === null
      ? { lamp: 'off', title: 'The directory is not let in yet' }
      : { lamp: 'red', title: 'The directory’s test failed' }
  }
  if (pausedBy === 'breaker') return { lamp: 'red', title: 'Paused by its limits: nothing of the directory is applied' }
  if (state === 'paused') return { lamp: 'red', title: 'Paused: nothing of the directory is applied' }
  if (!calledSinceSaved || lastContact === null) return { lamp: 'waits', title: 'Waiting for the first request…' }
  if (observe) return { lamp: 'green', title: 'The directory has called, and is observed only' }
  if (lastContact.status >= 400) return { lamp: 'red', title: 'The directory’s last request was refused' }
  return { lamp: 'green', title: 'The directory has called' }
}

function More({ method: { state, pausedBy, observe, calledSinceSaved, lastContact } }: { method: Seen }) {
  if (state === 'draft') {
    return lastContact === null ? (
      <>Save first, then press the button at the directory that tests the connection.</>
    ) : (
      <>
        It called <TimeAgo at={lastContact.at} /> and was refused, because the method has not been saved. Save it, then test again.
      </>
    )
  }
  if (pausedBy === 'breaker') return <>It is told to come back later. Decide on what is held, and it goes on with what it has to send.</>
  if (state === 'paused') {
    return <>It is told to come back later. Resume the method, and the directory goes on with what it has to send.</>
  }
  if (!calledSinceSaved || lastContact === null) {
    return <>Test the connection at the directory. This light turns green by itself when it calls, with nobody there yet.</>
  }
  const isRefused = lastContact.status >= 400 && !observe
  return (
    <>
      {isRefused ? 'It called ' : 'Last contact '}
      <TimeAgo at={lastContact.at} />
      {isRefused ? `, and was answered ${lastContact.status}: the provisioning log says why, and what to do.` : '.'}
    </>
  )
}
