import { Stack } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { Go } from '../../ui/go.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { PageTitle } from '../../ui/page-title.tsx'
import { PageTabs } from '../../ui/tabs.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { DecidedList } from './decided-list.tsx'
import { HeldList } from './held-list.tsx'
import { ObservedList } from './observed-list.tsx'

/** What the limits of one method hold, what was decided, and what was observed. */
export function SafetyPage() {
  const { method } = useParams({ strict: false }) as { method?: unknown }
  const query = useAsk('readMethod', { method: String(method) })
  return <Loaded query={query}>{(found) => <OneMethod method={found} />}</Loaded>
}

function OneMethod({ method: { methodId, nodeId, nodeName } }: { method: AnswerOf<'readMethod'> }) {
  const node = useAsk('readNode', { node: nodeId })
  const mayManage = node.data?.rights.includes('manage') === true
  const lead = (
    <>
      What the directory wanted, and what was not done.{' '}
      <Go to={`/nodes/${nodeId}`} search={{ tab: 'provisioning' }}>
        The provisioning method of {nodeName}
      </Go>
    </>
  )
  return (
    <Stack gap="lg">
      <PageTitle title={`Safety: ${nodeName}`} lead={lead} />
      <PageTabs
        label="Safety"
        tabs={[
          { key: 'held', label: 'Held', content: <HeldList methodId={methodId} mayManage={mayManage} /> },
          { key: 'decided', label: 'Decided', content: <DecidedList methodId={methodId} /> },
          { key: 'observed', label: 'Observed', content: <ObservedList methodId={methodId} /> },
        ]}
      />
    </Stack>
  )
}
