import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'

export interface ConfirmProps {
  readonly title: string
  readonly opened: boolean
  readonly onClose: () => void
  /** What will happen, and what can be had back. */
  readonly children: ReactNode
  /** What the button says that does it, as in `Lock 3 users`. */
  readonly verb: string
  readonly onConfirm: () => void
  readonly isDoing?: boolean
  readonly error?: unknown
  /** Where it cannot be undone: what must be typed first. */
  readonly typeName?: string
  readonly isDestructive?: boolean
}

/** Asks before something is done that takes something away. Closing it changes nothing. */
export function Confirm(props: ConfirmProps) {
  const { title, opened, onClose } = props
  return (
    <Dialog title={title} opened={opened} onClose={onClose}>
      <Question {...props} />
    </Dialog>
  )
}

function Question({ children, verb, onConfirm, onClose, isDoing = false, error, typeName, isDestructive = true }: ConfirmProps) {
  const [typed, setTyped] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onConfirm()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <div>{children}</div>
        {typeName !== undefined && (
          <TextInput
            label={`Type ${typeName} to go on`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        <Failure error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            {...(isDestructive && { color: 'red' })}
            loading={isDoing}
            disabled={typeName !== undefined && typed !== typeName}
          >
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
