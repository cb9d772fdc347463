import { Button, Group, Paper, Stack } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Empty } from '../../ui/empty.tsx'
import { useFilters } from '../../ui/filters.ts'
import { Loaded } from '../../ui/loaded.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { useAsk } from '../../worker/ask.ts'
import { AddNode } from './add-node.tsx'
import { NodeTree } from './node-tree.tsx'
import { type TreeNode, treeRows } from './tree-rows.ts'

/** Up to here the whole tree is open when one comes. */
const ALL_OPEN = 60

/** The tree of nodes, as far as one may see it. */
export function NodesPage() {
  const tree = useAsk('listNodes', {})
  const [filters, change] = useFilters()
  const mayAdd = tree.data?.nodes.some(({ rights }) => rights.includes('manage')) === true
  return (
    <>
      <PageTitle
        title="Nodes"
        lead="The places of your enterprise. Users and teams live in a node, and a node has at most one directory."
        actions={
          mayAdd && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => change({ add: 'node' })}>
              Add node
            </Button>
          )
        }
      />
      <Loaded query={tree}>
        {({ nodes }) => (
          <>
            <Tree nodes={nodes} search={filters['search'] ?? ''} onSearch={(search) => change({ search: search || undefined })} />
            <AddNode nodes={nodes} opened={filters['add'] === 'node' && mayAdd} onClose={() => change({ add: undefined })} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Tree({ nodes, search, onSearch }: { nodes: readonly TreeNode[]; search: string; onSearch: (text: string) => void }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(() => closedAtFirst(nodes))
  const rows = treeRows(nodes, closed, search)
  const toggle = (nodeId: string) => {
    const next = new Set(closed)
    if (!next.delete(nodeId)) next.add(nodeId)
    setClosed(next)
  }
  const parentIds = new Set(nodes.map(({ parentId }) => parentId))
  const parents = nodes.filter(({ nodeId }) => parentIds.has(nodeId))
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <SearchField label="Find a node" value={search} onSearch={onSearch} />
        {parents.length > 1 && search === '' && (
          <Button variant="subtle" onClick={() => setClosed(closed.size > 0 ? new Set() : closedUnder(parents))}>
            {closed.size > 0 ? 'Open all' : 'Close all'}
          </Button>
        )}
      </Group>
      {rows.length === 0 ? (
        <Empty title="No node has this in its name">Search for another part of the name, or clear the search.</Empty>
      ) : (
        <Paper withBorder radius="md" className="tree-card">
          <NodeTree rows={rows} onToggle={toggle} />
        </Paper>
      )}
    </Stack>
  )
}

function closedAtFirst(nodes: readonly TreeNode[]): ReadonlySet<string> {
  return nodes.length <= ALL_OPEN ? new Set() : closedUnder(nodes)
}

/** All but the topmost. */
function closedUnder(nodes: readonly TreeNode[]): ReadonlySet<string> {
  return new Set(nodes.filter(({ parentId }) => parentId !== null).map(({ nodeId }) => nodeId))
}
