import { Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Dialog } from '../../ui/dialog.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Failure } from '../../ui/failure.tsx'
import { numberText } from '../../ui/figures.ts'
import { Go } from '../../ui/go.tsx'
import { exactTime } from '../../ui/time.tsx'
import { useApplyHeld, useRejectHeld } from './deciding.ts'
import { type Held, peopleText } from './safety-words.ts'

export interface HeldDetailProps {
  readonly held: Held | null
  readonly methodId: string
  readonly mayManage: boolean
  readonly onClose: () => void
}

/** One held request, whole, and the decision on it alone. */
export function HeldDetail({ held, ...props }: HeldDetailProps) {
  return (
    <Dialog title="Held" opened={held !== null} onClose={props.onClose} size="lg">
      {held !== null && <Detail held={held} {...props} />}
    </Dialog>
  )
}

function Detail({ held, methodId, mayManage, onClose }: HeldDetailProps & { held: Held }) {
  const { applying } = useApplyHeld()
  const reject = useRejectHeld()
  const input = { method: methodId, only: held.heldId }
  const then = (message: string) => ({
    onSuccess: () => {
      notifications.show({ message })
      onClose()
    },
  })
  return (
    <Stack>
      <Text>{held.summary}</Text>
      <Facts
        facts={{
          Concerns: peopleText(held.people),
          [held.subject.kind === 'user' ? 'User' : 'Team']: (
            <Go to={`/${held.subject.kind === 'user' ? 'users' : 'teams'}/${held.subject.id}`}>{held.subject.name ?? 'gone meanwhile'}</Go>
          ),
          'First sent': exactTime(held.at),
          'Last sent': held.times > 1 ? `${exactTime(held.lastAt)}, ${numberText(held.times)} times in all` : undefined,
          Who: held.who.length === 0 ? undefined : whoText(held),
        }}
      />
      <Failure error={applying.error ?? reject.error} />
      {mayManage && (
        <Group justify="flex-end">
          <Button loading={reject.isPending} onClick={() => reject.mutate(input, then('Rejected: nobody lost anything by it.'))}>
            Reject this
          </Button>
          <Button variant="default" loading={applying.isPending} onClick={() => applying.mutate(input, then('Applied.'))}>
            Apply this
          </Button>
        </Group>
      )}
    </Stack>
  )
}

function whoText({ who, people }: Held): string {
  return people > who.length ? `${who.join(', ')} and ${numberText(people - who.length)} more` : who.join(', ')
}
