import { Button, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import type { Administrator } from './administrators.tsx'
import { RoleChoice } from './role-choice.tsx'
import { useSetRole } from './use-set-role.ts'

/** Another role in the place of the one that an administrator has in a node. */
export function ChangeRole({ of, onClose }: { of: Administrator | null; onClose: () => void }) {
  return (
    <Dialog title="Change the role" opened={of !== null} onClose={onClose} size="lg">
      {of !== null && <Form of={of} onDone={onClose} />}
    </Dialog>
  )
}

function Form({ of: { userId, email, nodeId, nodeName, isRoot, role: before }, onDone }: { of: Administrator; onDone: () => void }) {
  const [role, setRole] = useState(before)
  const change = useSetRole()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ userId, nodeId, atRoot: isRoot, role }, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>
          {email} in {nodeName}, and all under it.
        </Text>
        <RoleChoice value={role} onChange={setRole} />
        <Failure error={change.error} />
        <Button type="submit" loading={change.isPending} disabled={role === before}>
          Change the role
        </Button>
      </Stack>
    </form>
  )
}
