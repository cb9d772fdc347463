import { Stack, Switch } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Failure } from '../../ui/failure.tsx'
import { useAct } from '../../worker/ask.ts'
import { refreshes } from './safety-words.ts'

export interface ObserveSwitchProps {
  readonly methodId: string
  readonly observe: boolean
  readonly mayManage: boolean
  /** Removals wait for a decision: that comes first. */
  readonly isHeld?: boolean
}

/** Whether the directory is only observed. A draft can be so from its first request. */
export function ObserveSwitch({ methodId, observe, mayManage, isHeld = false }: ObserveSwitchProps) {
  const set = useAct('setObserve', refreshes)
  const done = (isOn: boolean) => () =>
    notifications.show({
      message: isOn ? 'From now on the directory is only observed.' : 'From now on what the directory sends is applied.',
    })
  return (
    <Stack gap="xs">
      <Switch
        label="Observe only"
        description="What the directory would do is written down, and nothing of it is applied. It is told to send it again later, so nothing is lost: turn this off, and it goes on. What it reads is answered, so its test passes."
        checked={set.isPending ? set.variables.observe : observe}
        disabled={!mayManage || isHeld || set.isPending}
        onChange={({ currentTarget: { checked } }) => set.mutate({ method: methodId, observe: checked }, { onSuccess: done(checked) })}
      />
      <Failure error={set.error} />
    </Stack>
  )
}
