import type { AdministratorRole } from '@claviger/contract/api/administration.ts'
import { Button, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { RoleChoice } from './role-choice.tsx'
import { useSetRole } from './use-set-role.ts'

type NodeShown = AnswerOf<'listNodes'>['nodes'][number]
type FoundUser = AnswerOf<'searchAll'>['users'][number]

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
  const [user, setUser] = useState<FoundUser | null>(null)
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
function UserPicker({ onPick }: { onPick: (user: FoundUser | null) => void }) {
  const [text, setText] = useState('')
  const [picked, setPicked] = useState<string | null>(null)
  const [asked] = useDebouncedValue(text.trim(), 200)
  const found = useAsk('searchAll', { q: asked }, { enabled: asked !== '', keepOld: true })
  const users = asked === '' ? [] : (found.data?.users.filter(({ status }) => status !== 'deleted') ?? [])
  const pick = (userId: string | null) => {
    setPicked(userId)
    onPick(users.find((user) => user.userId === userId) ?? null)
  }
  const type = (typed: string) => {
    setText(typed)
    pick(null)
  }
  return (
    <>
      <TextInput
        label="User"
        description="A part of the e-mail address"
        required
        autoComplete="off"
        data-autofocus
        value={text}
        onChange={(event) => type(event.currentTarget.value)}
      />
      <Failure error={found.error} />
      {asked !== '' && users.length === 0 && found.isSuccess && <Text size="sm">Nobody has such an address.</Text>}
      {users.length > 0 && (
        <Radio.Group label="Found" value={picked} onChange={pick}>
          <Stack gap="xs" mt="xs">
            {users.map(({ userId, email, nodeName }) => (
              <Radio key={userId} value={userId} label={email} description={nodeName} />
            ))}
          </Stack>
        </Radio.Group>
      )}
    </>
  )
}
