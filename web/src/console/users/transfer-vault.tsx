import type { UserId } from '@claviger/contract/ids.ts'
import { Button, Group, List, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { account } from '../../worker/account.ts'
import { useProof } from '../prove/use-proof.tsx'
import { PersonPicker } from './person-picker.tsx'
import type { UserDetails } from './user-page.tsx'

/** The vault of somebody who left: what is to be done with it, and by whom it can be. */
export function TransferVault({ user }: { user: UserDetails }) {
  const [isOpen, setOpen] = useState(false)
  const able = useQuery({ queryKey: ['may-recover'], queryFn: () => account.mayRecover() })
  return (
    <section aria-label="Vault">
      <Title order={2} size="h4" mb="xs">
        Vault
      </Title>
      {user.ownFolders === 0 ? (
        <Text>There are no folders of their own: nothing is left to transfer.</Text>
      ) : (
        <Stack gap="sm" align="flex-start">
          <Text>
            {user.ownFolders === 1 ? 'One folder is' : `${user.ownFolders} folders are`} theirs. You can give all of it to another person,
            who owns it from then on. Both are told.
          </Text>
          {able.data === false ? (
            <Text c="dimmed">
              It takes an administrator who holds the recovery key: a full administrator of the root node. Ask one of them.
            </Text>
          ) : (
            <Button variant="default" onClick={() => setOpen(true)} loading={able.isPending}>
              Transfer vault
            </Button>
          )}
          <Failure error={able.error} />
        </Stack>
      )}
      <Dialog title={`Transfer the vault of ${user.email}`} opened={isOpen} onClose={() => setOpen(false)} size="lg">
        <Transfer user={user} onClose={() => setOpen(false)} />
      </Dialog>
    </section>
  )
}

function Transfer({ user, onClose }: { user: UserDetails; onClose: () => void }) {
  const queries = useQueryClient()
  const proof = useProof()
  const [to, setTo] = useState<{ userId: UserId; email: string } | null>(null)
  const transfer = useMutation({
    mutationFn: async (recipient: UserId) => {
      await proof.prove()
      return account.transferVault(user.userId, recipient)
    },
    onSettled: () => queries.invalidateQueries({ predicate: ({ queryKey: [name] }) => name === 'readUser' || name === 'readUserTimeline' }),
  })
  if (transfer.data !== undefined) return <Given {...transfer.data} to={to?.email ?? ''} onClose={onClose} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (to !== null) transfer.mutate(to.userId)
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <PersonPicker label="Who gets it" except={user.userId} chosen={to} onChoose={setTo} />
        {proof.fields}
        <Failure error={transfer.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={to === null || !proof.isGiven} loading={transfer.isPending}>
            Transfer
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Given({ folders, left, to, onClose }: { folders: number; left: readonly string[]; to: string; onClose: () => void }) {
  return (
    <Stack>
      <Text role="status" fw={600}>
        {to} has {folders === 1 ? 'the folder' : `the ${folders} folders`}. Both people are told.
      </Text>
      {left.length > 0 && (
        <>
          <Text>{left.length} could not be opened, and stay as they are:</Text>
          <List size="sm">
            {[...new Set(left)].map((why) => (
              <List.Item key={why}>{why}</List.Item>
            ))}
          </List>
        </>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </Group>
    </Stack>
  )
}
