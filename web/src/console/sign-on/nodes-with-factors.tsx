import { Progress, Table, Text } from '@mantine/core'
import { numberText } from '../../ui/figures.ts'
import { Go } from '../../ui/go.tsx'
import type { AnswerOf } from '../../worker/routes.ts'

type NodeFactors = AnswerOf<'readSignOn'>['nodes'][number]

/** How many active people of each node have a second factor. */
export function NodesWithFactors({ nodes }: { nodes: readonly NodeFactors[] }) {
  return (
    <Table aria-label="Second factors by node">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Node</Table.Th>
          <Table.Th>With a second factor</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {nodes.map(({ nodeId, name, active, withSecondFactor }) => (
          <Table.Tr key={nodeId}>
            <Table.Td>
              <Go to={`/nodes/${nodeId}`}>{name}</Go>
            </Table.Td>
            <Table.Td>
              <Share active={active} withSecondFactor={withSecondFactor} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** `3 of 12 people`, with a bar. */
export function Share({ active, withSecondFactor }: { active: number; withSecondFactor: number }) {
  if (active === 0) return <Text size="sm">Nobody is active here.</Text>
  return (
    <>
      <Text size="sm">
        {numberText(withSecondFactor)} of {numberText(active)} {active === 1 ? 'person' : 'people'}
      </Text>
      <Progress value={(withSecondFactor / active) * 100} size="sm" aria-hidden />
    </>
  )
}
