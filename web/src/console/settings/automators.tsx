import { Button, Code, Group, Stack, Table, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ProveFirst } from '../../sign-in/prove-first.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { account } from '../../worker/account.ts'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'

type Automator = AnswerOf<'listAutomators'>['automators'][number]

/** The automators: what each may do and when it was last seen, removing one, and how another is enrolled. */
export function Automators() {
  const automators = useAsk('listAutomators', {})
  const [removed, setRemoved] = useState<Automator | null>(null)
  return (
    <Section title="Automators" lead="Approvers that need nobody at a screen, on a machine of yours.">
      <Loaded query={automators}>
        {({ automators: all }) => (
          <Stack>
            {all.length > 0 && <AutomatorTable automators={all} onRemove={setRemoved} />}
            <Text>{all.length === 0 ? 'There is none.' : 'Another one?'} On the machine that shall run it:</Text>
            <Code block>
              {`claviger automator enrol --to ./automator --name "Office" --profile ~/.claviger/you --password-stdin\nclaviger automator run --profile ./automator`}
            </Code>
          </Stack>
        )}
      </Loaded>
      <Dialog title={`Remove ${removed?.name ?? ''}`} opened={removed !== null} onClose={() => setRemoved(null)}>
        <ProveFirst>{removed !== null && <Remove automator={removed} onDone={() => setRemoved(null)} />}</ProveFirst>
      </Dialog>
    </Section>
  )
}

function AutomatorTable({ automators, onRemove }: { automators: readonly Automator[]; onRemove: (automator: Automator) => void }) {
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table aria-label="Automators">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>May</Table.Th>
            <Table.Th>Last seen</Table.Th>
            <Table.Th>Acts</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {automators.map((automator) => (
            <Table.Tr key={automator.automatorId}>
              <Table.Td>{automator.name}</Table.Td>
              <Table.Td>{scopeWords(automator)}</Table.Td>
              <Table.Td>
                <TimeAgo at={automator.seenAt} />
              </Table.Td>
              <Table.Td>
                <Button size="compact-sm" variant="default" onClick={() => onRemove(automator)} aria-label={`Remove ${automator.name}`}>
                  Remove
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Remove({ automator: { automatorId, name }, onDone }: { automator: Automator; onDone: () => void }) {
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => account.removeAutomator(automatorId),
    onSuccess: onDone,
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAutomators'] }),
  })
  return (
    <Stack>
      <Text>
        {name} can approve nothing from then on: its token is dead, and the approver key that it held is renewed. It cannot be taken back,
        but another one can be enrolled.
      </Text>
      <Failure error={remove.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove the automator
        </Button>
      </Group>
    </Stack>
  )
}

function scopeWords({ scope }: Automator): string {
  if (scope === null) return 'nothing: the log does not have it any more'
  const where = scope.nodes === null ? 'in all nodes' : `in ${scope.nodes.length} ${scope.nodes.length === 1 ? 'node' : 'nodes'}`
  return `${scope.rights.join(', ')} ${where}${scope.verifiedPeopleOnly ? ', verified people only' : ''}`
}
