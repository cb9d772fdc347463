import { Button, Paper, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Empty } from '../../ui/empty.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { SafetyBanner } from '../safety/safety-banner.tsx'
import { AddMethod } from './add-method.tsx'
import { DraftMethod } from './draft-method.tsx'
import type { GivenToken } from './given-token.ts'
import { MethodPanel } from './method-panel.tsx'
import './provisioning.css'

/** How often it is looked whether the directory has called, while somebody waits for it. */
const LOOK_MILLIS = 2_000
/** Reads of the directory are not in the change feed. */
const SELDOM_MILLIS = 15_000

export interface NodeProvisioningProps {
  readonly node: Pick<AnswerOf<'readNode'>, 'nodeId' | 'name' | 'method' | 'rights'>
  /** A token that was made here and cannot be shown again. */
  readonly given: GivenToken | null
  readonly onGiven: (given: GivenToken | null) => void
}

/** The directory of a node: how to connect one, or the method that is there. */
export function NodeProvisioning({ node, given, onGiven }: NodeProvisioningProps) {
  const methodId = node.method?.methodId ?? given?.methodId
  if (methodId === undefined) return <NoMethod node={node} onGiven={onGiven} />
  return <Method methodId={methodId} mayManage={node.rights.includes('manage')} given={given} onGiven={onGiven} />
}

function NoMethod({ node, onGiven }: Omit<NodeProvisioningProps, 'given'>) {
  const [isAdding, setAdding] = useState(false)
  if (isAdding) return <AddMethod nodeId={node.nodeId} onGiven={onGiven} onCancel={() => setAdding(false)} />
  const mayManage = node.rights.includes('manage')
  return (
    <Paper withBorder radius="md" p="lg">
      <Empty title="No directory is connected to this node">
        {mayManage
          ? 'Add a provisioning method, and Okta, Microsoft Entra ID or another directory decides who has an account here and who is on which team.'
          : 'It takes a full administrator of this node, or of one above it, to add a provisioning method.'}
      </Empty>
      {mayManage && (
        <Text ta="center" pb="md">
          <Button onClick={() => setAdding(true)}>Add Method</Button>
        </Text>
      )}
    </Paper>
  )
}

interface MethodProps extends Omit<NodeProvisioningProps, 'node'> {
  readonly methodId: string
  readonly mayManage: boolean
}

function Method({ methodId, mayManage, given, onGiven }: MethodProps) {
  const [isWaiting, setWaiting] = useState(true)
  const query = useAsk('readMethod', { method: methodId }, { everyMillis: isWaiting ? LOOK_MILLIS : SELDOM_MILLIS })
  const waits = query.data === undefined || query.data.state === 'draft' || !query.data.calledSinceSaved
  if (waits !== isWaiting) setWaiting(waits)
  const token = given?.methodId === methodId ? given.token : null
  return (
    <Loaded query={query}>
      {(method) =>
        method.state === 'draft' ? (
          <DraftMethod method={method} token={token} mayManage={mayManage} onGiven={onGiven} />
        ) : (
          <Stack>
            <SafetyBanner methodId={method.methodId} />
            <MethodPanel method={method} token={token} mayManage={mayManage} onGiven={onGiven} />
          </Stack>
        )
      }
    </Loaded>
  )
}
