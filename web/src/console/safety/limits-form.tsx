import { Button, Group, NumberInput, Stack, Switch } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, useState } from 'react'
import { Failure } from '../../ui/failure.tsx'
import { useAct } from '../../worker/ask.ts'
import { refreshes, type Safety } from './safety-words.ts'

type Limits = Safety['limits']

/** The limits, to be changed. They are read again once they are saved. */
export function LimitsForm({ methodId, limits }: { methodId: string; limits: Limits }) {
  const [changed, change] = useState<Partial<Limits>>({})
  const save = useAct('setLimits', refreshes)
  const wanted = { ...limits, ...changed }
  const isChanged = Object.entries(wanted).some(([name, value]) => limits[name as keyof Limits] !== value)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const saved = () => {
      change({})
      notifications.show({ message: wanted.on ? 'Saved: the limits hold from now on.' : 'Saved: the limits are off.' })
    }
    save.mutate({ method: methodId, ...wanted }, { onSuccess: saved })
  }
  const number = (name: 'people' | 'percent' | 'windowMinutes', most: number) => ({
    value: wanted[name],
    onChange: (value: string | number) => typeof value === 'number' && change({ ...changed, [name]: value }),
    min: 1,
    max: most,
    allowDecimal: false,
    disabled: !wanted.on,
    w: '11rem',
  })
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Switch
          label="Pause the directory where it would pass these limits"
          checked={wanted.on}
          onChange={(event) => change({ ...changed, on: event.currentTarget.checked })}
        />
        <Group align="flex-end" gap="md">
          <NumberInput label="People" {...number('people', 1_000_000)} />
          <NumberInput label="Percent of the registered" {...number('percent', 100)} />
          <NumberInput label="Within minutes" {...number('windowMinutes', 10_080)} />
          <Button type="submit" variant="default" disabled={!isChanged} loading={save.isPending}>
            Save limits
          </Button>
        </Group>
        <Failure error={save.error} />
      </Stack>
    </form>
  )
}
