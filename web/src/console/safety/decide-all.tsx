import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { Confirm } from '../../ui/confirm.tsx'
import { numberText } from '../../ui/figures.ts'
import { useApplyHeld, useRejectHeld } from './deciding.ts'
import { peopleText, removalsText, type Safety } from './safety-words.ts'

/** The two ways on from a method that its limits have paused. Both say first what will happen. */
export function DecideAll({ methodId, held }: { methodId: string; held: Safety['held'] }) {
  const [asked, ask] = useState<'apply' | 'reject' | null>(null)
  const { applying, done } = useApplyHeld()
  const reject = useRejectHeld()
  const close = () => {
    ask(null)
    applying.reset()
    reject.reset()
  }
  // What came after it was read is not decided upon.
  const [seen, see] = useState(held.newest)
  const open = (which: 'apply' | 'reject') => {
    see(held.newest)
    ask(which)
  }
  const removals = removalsText(held.requests)
  return (
    <Group>
      <Button onClick={() => open('reject')}>Reject</Button>
      <Button variant="default" onClick={() => open('apply')}>
        Apply what is held
      </Button>
      <Confirm
        title="Apply what is held?"
        verb={`Apply ${removals}`}
        opened={asked === 'apply'}
        onClose={close}
        isDoing={applying.isPending}
        error={applying.error}
        onConfirm={() =>
          seen !== null &&
          applying.mutate(
            { method: methodId, upTo: seen },
            {
              onSuccess: ({ applied, failed, unseen }) => {
                notifications.show({ message: appliedText(applied, failed, unseen) })
                close()
              },
            },
          )
        }
      >
        <Text>
          {peopleText(held.people)} lose what the directory wants to take: accounts are locked or deleted, memberships end, at once. Who was
          locked can be unlocked with everything as it was; who was taken off a team has to be approved for it again.
        </Text>
        {applying.isPending && (
          <Text role="status" size="sm" c="dimmed" mt="sm">
            {numberText(done)} of {numberText(held.requests)} applied …
          </Text>
        )}
      </Confirm>
      <Confirm
        title="Reject what is held?"
        verb={`Reject ${removals}`}
        isDestructive={false}
        opened={asked === 'reject'}
        onClose={close}
        isDoing={reject.isPending}
        error={reject.error}
        onConfirm={() =>
          reject.mutate(
            { method: methodId },
            {
              onSuccess: ({ rejected }) => {
                notifications.show({ message: `Rejected ${removalsText(rejected)}: nobody lost anything by them.` })
                close()
              },
            },
          )
        }
      >
        <Text>
          Nothing of it is done, and {peopleText(held.people)} keep what they have. The directory is answered again: what it still wants to
          take, it sends again, and that counts anew. Correct the assignments there first.
        </Text>
      </Confirm>
    </Group>
  )
}

function appliedText(applied: number, failed: number, unseen: number): string {
  return [
    `Applied ${removalsText(applied)}.`,
    failed > 0 && `${numberText(failed)} could not be applied: the list of what was decided says why.`,
    unseen > 0 && `${numberText(unseen)} came meanwhile: look at them too.`,
  ]
    .filter((part) => part !== false)
    .join(' ')
}
