import { Button, Group, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { Go } from '../../ui/go.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/section.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { Appoint } from './appoint.tsx'
import { ChangeRole } from './change-role.tsx'
import { Dismiss } from './dismiss.tsx'
import { roleName } from './role-words.ts'

export type Administrator = AnswerOf<'listAdministrators'>['administrators'][number]

type Act = { readonly kind: 'appoint' } | { readonly kind: 'change' | 'dismiss'; readonly of: Administrator }

/** Who administers which node, with the acts on them where the caller may. */
export function Administrators() {
  const administrators = useAsk('listAdministrators', {})
  const nodes = useAsk('listNodes', {})
  const [act, setAct] = useState<Act | null>(null)
  const close = () => setAct(null)
  const managed = nodes.data?.nodes.filter(({ rights }) => rights.includes('manage')) ?? []
  return (
    <Section
      title="Administrators"
      lead="A role holds for a node and all under it."
      actions={
        managed.length > 0 && (
          <Button size="xs" onClick={() => setAct({ kind: 'appoint' })}>
            Appoint an administrator
          </Button>
        )
      }
    >
      <Loaded query={administrators}>
        {({ administrators: all }) => (
          <Table.ScrollContainer minWidth={560}>
            <Table aria-label="Administrators" verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Who</Table.Th>
                  <Table.Th>Role</Table.Th>
                  <Table.Th>Node</Table.Th>
                  <Table.Th>Since</Table.Th>
                  <Table.Th>Acts</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {all.map((each) => (
                  <Row
                    key={`${each.userId} ${each.nodeId}`}
                    administrator={each}
                    mayChange={managed.some(({ nodeId }) => nodeId === each.nodeId)}
                    onAct={setAct}
                  />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Loaded>
      <Appoint opened={act?.kind === 'appoint'} onClose={close} nodes={managed} />
      <ChangeRole of={act?.kind === 'change' ? act.of : null} onClose={close} />
      <Dismiss of={act?.kind === 'dismiss' ? act.of : null} onClose={close} />
    </Section>
  )
}

function Row({ administrator, mayChange, onAct }: { administrator: Administrator; mayChange: boolean; onAct: (act: Act) => void }) {
  const { userId, email, status, role, nodeId, nodeName, createdAt } = administrator
  return (
    <Table.Tr>
      <Table.Td>
        <Go to={`/users/${userId}`}>{email}</Go> {status !== 'active' && <StateBadge state={status} />}
      </Table.Td>
      <Table.Td>{roleName(role)}</Table.Td>
      <Table.Td>
        <Go to={`/nodes/${nodeId}`}>{nodeName}</Go>
      </Table.Td>
      <Table.Td>
        <TimeAgo at={createdAt} />
      </Table.Td>
      <Table.Td>
        {mayChange ? (
          <Group gap="xs" wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => onAct({ kind: 'change', of: administrator })}
              aria-label={`Change the role of ${email} in ${nodeName}`}
            >
              Change
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => onAct({ kind: 'dismiss', of: administrator })}
              aria-label={`Dismiss ${email} in ${nodeName}`}
            >
              Dismiss
            </Button>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            For full administrators of the node
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
