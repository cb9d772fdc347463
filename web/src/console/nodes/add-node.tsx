import { Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAct } from '../../worker/ask.ts'
import { type NodeId, placeNames, type TreeNode } from './tree-rows.ts'

export interface AddNodeProps {
  readonly nodes: readonly TreeNode[]
  /** Under which one the node comes, unless another is chosen. */
  readonly parentId?: NodeId
  readonly opened: boolean
  readonly onClose: () => void
}

/** Asks for a node's name and place, adds it, and goes there. */
export function AddNode({ opened, onClose, ...rest }: AddNodeProps) {
  return (
    <Dialog title="Add node" opened={opened} onClose={onClose}>
      <Form {...rest} onClose={onClose} />
    </Dialog>
  )
}

function Form({ nodes, parentId, onClose }: Omit<AddNodeProps, 'opened'>) {
  const navigate = useNavigate()
  const places = placeNames(nodes)
  const parents = nodes.filter(({ rights }) => rights.includes('manage'))
  const [name, setName] = useState('')
  const [under, setUnder] = useState<NodeId | null>(parentId ?? parents[0]?.nodeId ?? null)
  const add = useAct('addNode', ['listNodes', 'readNode', 'readOverview'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (under === null) return
    add.mutate(
      { parentId: under, name },
      { onSuccess: ({ nodeId }) => void navigate({ to: `/nodes/${nodeId}`, search: { tab: 'provisioning' } }) },
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description="As in “Staff”, “Contractors” or “Berlin”."
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          required
          data-autofocus
        />
        <Select
          label="Under"
          description="Who administers that node administers this one too."
          data={parents.map(({ nodeId }) => ({ value: nodeId, label: places.get(nodeId) ?? '' }))}
          value={under}
          onChange={(chosen) => setUnder(parents.find(({ nodeId }) => nodeId === chosen)?.nodeId ?? null)}
          searchable
          limit={100}
          allowDeselect={false}
          nothingFoundMessage="No node has this in its name"
        />
        <Failure error={add.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending} disabled={name.trim() === '' || under === null}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
