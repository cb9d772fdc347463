import { Button, Group, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { CopyField } from '../../ui/copy-field.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAct } from '../../worker/ask.ts'
import { ShownToken } from './draft-method.tsx'
import { ExpiryChoice, expiryOf, type Lifetime } from './expiry-choice.tsx'
import type { GivenToken } from './given-token.ts'

export interface RotateTokenProps {
  readonly methodId: string
  readonly opened: boolean
  readonly onClose: () => void
  readonly onGiven: (given: GivenToken) => void
}

/** Makes a second token, and shows it this once. */
export function RotateToken({ opened, onClose, ...rest }: RotateTokenProps) {
  return (
    <Dialog title="Rotate token" opened={opened} onClose={onClose} size="lg">
      <Steps {...rest} onClose={onClose} />
    </Dialog>
  )
}

function Steps({ methodId, onClose, onGiven }: Omit<RotateTokenProps, 'opened'>) {
  const [lifetime, setLifetime] = useState<Lifetime>('never')
  const rotate = useAct('rotateToken', ['readMethod', 'listMethods'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rotate.mutate({ method: methodId, ...expiryOf(lifetime, Date.now()) }, { onSuccess: onGiven })
  }
  if (rotate.data !== undefined) {
    return (
      <Stack>
        <CopyField label="URL" value={rotate.data.baseUrl} />
        <ShownToken token={rotate.data.token} />
        <Text size="sm">
          Paste the token at the directory and test there. The old one stays valid until you revoke it, or until it has not been used for
          seven days while this one has.
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>A second token is made. Both are valid meanwhile, so the directory is never locked out.</Text>
        <ExpiryChoice value={lifetime} onChange={setLifetime} />
        <Failure error={rotate.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={rotate.isPending}>
            Create Provisioning Token
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
