import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAct } from '../../worker/ask.ts'
import type { TreeNode } from './tree-rows.ts'

export interface RenameNodeProps {
  readonly node: Pick<TreeNode, 'nodeId' | 'name'>
  readonly opened: boolean
  readonly onClose: () => void
}

/** Gives a node another name. */
export function RenameNode({ node, opened, onClose }: RenameNodeProps) {
  return (
    <Dialog title={`Rename ${node.name}`} opened={opened} onClose={onClose}>
      <Form node={node} onClose={onClose} />
    </Dialog>
  )
}

function Form({ node, onClose }: Omit<RenameNodeProps, 'opened'>) {
  const [name, setName] = useState(node.name)
  const rename = useAct('renameNode', ['listNodes', 'readNode', 'listMethods', 'listProvisioningLog'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rename.mutate({ node: node.nodeId, name }, { onSuccess: onClose })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          required
          data-autofocus
        />
        <Failure error={rename.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={rename.isPending} disabled={name.trim() === '' || name === node.name}>
            Rename
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
