import type { AdministratorRole } from '@claviger/contract/api/administration.ts'
import { Button, Select, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { RoleChoice } from './role-choice.tsx'
import { useSetRole } from './use-set-role.ts'

type NodeShown = AnswerOf<'listNodes'>['nodes'][number]

interface AppointProps {
  readonly opened: boolean
  readonly onClose: () => void
  /** In which the caller may appoint. */
  readonly nodes: readonly NodeShown[]
}

/** Gives somebody a role in a node. */
export function Appoint({ opened, onClose, nodes }: AppointProps) {
  return (
    <Dialog title="Appoint an administrator" opened={opened} onClose={onClose} size="lg">
      <Form nodes={nodes} onDone={onClose} />
    </Dialog>
  )
}

function Form({ nodes, onDone }: { nodes: readonly NodeShown[]; onDone: () => void }) {
  const [user, setUser] = useState<AnswerOf<'searchAll'>['users'][number] | null>(null)
  const [nodeId, setNodeId] = useState<string | null>(nodes[0]?.nodeId ?? null)
  const [role, setRole] = useState<AdministratorRole>('approvals')
  const appoint = useSetRole()
  const node = nodes.find((each) => each.nodeId === nodeId)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (user === null || node === undefined) return
    // This page knows by the tree which node is the root: the server's word alone could make more of a role.
    appoint.mutate({ userId: user.userId, nodeId: node.nodeId, atRoot: node.isRoot, role }, { onSuccess: onDone })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <UserPicker onPick={setUser} />
        {user?.status === 'invited' && (
          <Text size="sm">
            {user.email} has not registered yet: appoint them once they have, because a role that signs needs their keys.
          </Text>
        )}
        <Select
          label="Node"
          data={nodes.map(({ nodeId: value, name, isRoot }) => ({ value, label: isRoot ? `${name} (the whole enterprise)` : name }))}
          value={nodeId}
          onChange={setNodeId}
          allowDeselect={false}
          searchable
        />
        <RoleChoice value={role} onChange={setRole} />
        <Failure error={appoint.error} />
        <Button type="submit" loading={appoint.isPending} disabled={user === null || node === undefined}>
          Appoint
        </Button>
      </Stack>
    </form>
  )
}

/** Finds a user by a part of the address. */
function UserPicker({ onPick }: { onPick: (user: AnswerOf<'searchAll'>['users'][number] | null) => void }) {
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), 200)
  const found = useAsk('searchAll', { q: asked }, { enabled: asked !== '', keepOld: true })
  const users = found.data?.users.filter(({ status }) => status !== 'deleted') ?? []
  return (
    <>
      <Select
        label="User"
        placeholder="A part of the e-mail address"
        required
        searchable
        data-autofocus
        data={users.map(({ userId, email }) => ({ value: userId, label: email }))}
        filter={({ options }) => options}
        onSearchChange={setText}
        onChange={(chosen) => onPick(users.find(({ userId }) => userId === chosen) ?? null)}
        nothingFoundMessage={asked === '' ? undefined : 'Nobody has such an address.'}
      />
      <Failure error={found.error} />
    </>
  )
}
