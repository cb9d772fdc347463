import { Button, Group, Paper, Radio, Stack, Text, Title } from '@mantine/core'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Failure } from '../../ui/failure.tsx'
import { useAct } from '../../worker/ask.ts'
import type { NodeId } from '../nodes/tree-rows.ts'
import { ExpiryChoice, expiryOf, type Lifetime } from './expiry-choice.tsx'
import type { GivenToken } from './given-token.ts'

export interface AddMethodProps {
  readonly nodeId: NodeId
  readonly onGiven: (given: GivenToken) => void
  readonly onCancel: () => void
}

/** The way to a new method, up to its token: the draft that it then is takes over from here. */
export function AddMethod({ nodeId, onGiven, onCancel }: AddMethodProps) {
  const [isChosen, setChosen] = useState(false)
  return (
    <Paper withBorder radius="md" p="lg" maw="42rem">
      {isChosen ? (
        <CreateToken nodeId={nodeId} onGiven={onGiven} onBack={() => setChosen(false)} />
      ) : (
        <Choose onNext={() => setChosen(true)} onCancel={onCancel} />
      )}
    </Paper>
  )
}

function Choose({ onNext, onCancel }: { onNext: () => void; onCancel: () => void }) {
  const [kind, setKind] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (kind === 'scim') onNext()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <StepTitle step={1} title="Add a provisioning method" />
        <Radio.Group name="kind" label="How does the directory send people and groups?" value={kind} onChange={setKind}>
          <Stack mt="sm" gap="xs">
            <Radio
              value="scim"
              label="SCIM"
              description="The directory calls Claviger. For Okta, Microsoft Entra ID, OneLogin, JumpCloud, authentik, Keycloak, and everything else that speaks SCIM 2.0."
            />
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" disabled={kind !== 'scim'}>
            Next
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function CreateToken({ nodeId, onGiven, onBack }: { nodeId: NodeId; onGiven: (given: GivenToken) => void; onBack: () => void }) {
  const [lifetime, setLifetime] = useState<Lifetime>('never')
  const add = useAct('addMethod', ['readNode', 'listNodes', 'listMethods'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate({ nodeId, kind: 'scim', ...expiryOf(lifetime, Date.now()) }, { onSuccess: onGiven })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <StepTitle step={2} title="Create the token" />
        <Text size="sm">
          With it the directory proves who it is. It opens this node alone, and it is shown once: the server keeps only a hash of it.
        </Text>
        <ExpiryChoice value={lifetime} onChange={setLifetime} />
        <Failure error={add.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
          <Button type="submit" loading={add.isPending}>
            Create Provisioning Token
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The title of a step, which the keyboard and screen readers are taken to when it comes. */
export function StepTitle({ step, title }: { step: number; title: string }) {
  const place = useRef<HTMLHeadingElement>(null)
  useEffect(() => place.current?.focus(), [])
  return (
    <div>
      <Text size="sm" c="dimmed">
        Step {step} of 3
      </Text>
      <Title order={2} size="h4" ref={place} tabIndex={-1} className="step-title">
        {title}
      </Title>
    </div>
  )
}
