import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { Confirm } from '../../ui/confirm.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAct } from '../../worker/ask.ts'
import type { MethodShown } from './method-shown.ts'

const refreshes = ['readMethod', 'readNode', 'listNodes', 'listMethods', 'readOverview'] as const

/** Holds the directory off for a time, or lets it go on. */
export function PauseMethod({ method }: { method: MethodShown }) {
  const [isAsked, setAsked] = useState(false)
  const pause = useAct('pauseMethod', refreshes)
  const resume = useAct('resumeMethod', refreshes)
  // What its limits have paused goes on by a decision on what they hold: the banner leads there.
  if (method.pausedBy === 'breaker') return null
  if (method.state === 'paused') {
    return (
      <>
        <Failure error={resume.error} />
        <Group>
          <Button loading={resume.isPending} onClick={() => resume.mutate({ method: method.methodId })}>
            Resume
          </Button>
        </Group>
      </>
    )
  }
  const close = () => {
    setAsked(false)
    pause.reset()
  }
  return (
    <Group>
      <Button variant="default" onClick={() => setAsked(true)}>
        Pause
      </Button>
      <Confirm
        title="Pause this method?"
        verb="Pause"
        isDestructive={false}
        opened={isAsked}
        onClose={close}
        isDoing={pause.isPending}
        error={pause.error}
        onConfirm={() => pause.mutate({ method: method.methodId }, { onSuccess: close })}
      >
        <Text>
          The directory is answered 503 and told to come back later; nothing that it sends is applied, locks of people who leave neither.
          Users and teams stay as they are. Once you resume, directories try again what they could not send.
        </Text>
      </Confirm>
    </Group>
  )
}
