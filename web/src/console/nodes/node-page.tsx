import { NodeId } from '@claviger/contract/ids.ts'
import { Breadcrumbs, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Go } from '../../ui/go.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { PageTabs, type Tab } from '../../ui/tabs.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { NoSuchPage } from '../broken-pages.tsx'
import type { GivenToken } from '../provisioning/given-token.ts'
import { NodeProvisioning } from '../provisioning/node-provisioning.tsx'
import { NodeSignOn } from '../sign-on/node-sign-on.tsx'
import { TeamList } from '../teams/team-list.tsx'
import { UserList } from '../users/user-list.tsx'
import { NodeDetails } from './node-details.tsx'
import { methodWords } from './node-words.ts'

export type NodeRead = AnswerOf<'readNode'>

/** One node: what it is, its directory, its users and teams. */
export function NodePage() {
  const id = NodeId.safeParse((useParams({ strict: false }) as { node?: unknown }).node)
  return id.success ? <Read key={id.data} nodeId={id.data} /> : <NoSuchPage />
}

function Read({ nodeId }: { nodeId: NodeId }) {
  const query = useAsk('readNode', { node: nodeId })
  return <Loaded query={query}>{(node) => <Shown node={node} />}</Loaded>
}

function Shown({ node }: { node: NodeRead }) {
  // Here, so that a look at another tab does not lose a token that cannot be shown again.
  const [given, setGiven] = useState<GivenToken | null>(null)
  const tabs: Tab[] = [
    { key: 'details', label: 'Details', content: <NodeDetails node={node} /> },
    { key: 'provisioning', label: 'Provisioning', content: <NodeProvisioning node={node} given={given} onGiven={setGiven} /> },
    { key: 'sign-on', label: 'Sign-on', content: <NodeSignOn nodeId={node.nodeId} /> },
    { key: 'users', label: 'Users', content: <UserList nodeId={node.nodeId} /> },
    { key: 'teams', label: 'Teams', content: <TeamList nodeId={node.nodeId} /> },
  ]
  return (
    <>
      <Way node={node} />
      <PageTitle
        title={node.name}
        lead={node.isRoot ? 'The root of your enterprise' : undefined}
        actions={node.method !== null && <StateBadge state={node.method.state} label={methodWords(node.method.state)} />}
      />
      <PageTabs tabs={tabs} label={node.name} />
    </>
  )
}

/** The way to the node from the topmost that one may see. */
function Way({ node: { path } }: { node: NodeRead }) {
  return (
    <nav aria-label="Way to the node">
      <Breadcrumbs mb="xs" className="way">
        <Go to="/nodes">Nodes</Go>
        {path.slice(0, -1).map(({ nodeId, name }) => (
          <Go key={nodeId} to={`/nodes/${nodeId}`}>
            {name}
          </Go>
        ))}
        <Text inherit c="dimmed" aria-current="page">
          {path.at(-1)?.name}
        </Text>
      </Breadcrumbs>
    </nav>
  )
}
