import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { ProveFirst } from '../../sign-in/prove-first.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { useAct, useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { AddPasskey } from './add-passkey.tsx'
import { AddTotp } from './add-totp.tsx'
import './own-factors.css'

type Factor = AnswerOf<'listSecondFactors'>['factors'][number]

const adding = { totp: 'Add an authenticator app', passkey: 'Add a passkey' } as const

/** The second factors of who is signed in: what there is, and adding and removing. */
export function OwnFactors() {
  const factors = useAsk('listSecondFactors', {})
  const [added, setAdded] = useState<keyof typeof adding | null>(null)
  const [removed, setRemoved] = useState<Factor | null>(null)
  return (
    <Section
      title="Your own second factors"
      actions={
        <>
          <Button variant="default" size="xs" onClick={() => setAdded('totp')}>
            {adding.totp}
          </Button>
          <Button variant="default" size="xs" onClick={() => setAdded('passkey')}>
            {adding.passkey}
          </Button>
        </>
      }
    >
      <Loaded query={factors}>
        {({ factors: mine }) =>
          mine.length === 0 ? (
            <Text c="dimmed">You have none: your password alone signs you in.</Text>
          ) : (
            <ul className="own-factors">
              {mine.map((factor) => (
                <FactorRow key={factor.factorId} factor={factor} onRemove={() => setRemoved(factor)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Dialog title={added === null ? '' : adding[added]} opened={added !== null} onClose={() => setAdded(null)}>
        <ProveFirst>
          {added === 'totp' && <AddTotp onDone={() => setAdded(null)} />}
          {added === 'passkey' && <AddPasskey onDone={() => setAdded(null)} />}
        </ProveFirst>
      </Dialog>
      <RemoveFactor factor={removed} onClose={() => setRemoved(null)} />
    </Section>
  )
}

function FactorRow({ factor: { kind, name, createdAt, usedAt }, onRemove }: { factor: Factor; onRemove: () => void }) {
  return (
    <li>
      <Stack gap={0}>
        <Text fw={600}>{name}</Text>
        <Text size="sm" c="dimmed">
          {kind === 'totp' ? 'Authenticator app' : 'Passkey'}, added <TimeAgo at={createdAt} />, last used <TimeAgo at={usedAt} />
        </Text>
      </Stack>
      <Button variant="subtle" color="red" size="compact-sm" onClick={onRemove} aria-label={`Remove ${name}`}>
        Remove
      </Button>
    </li>
  )
}

function RemoveFactor({ factor, onClose }: { factor: Factor | null; onClose: () => void }) {
  const remove = useAct('removeSecondFactor', ['listSecondFactors', 'readSignOn'])
  return (
    <Dialog title={`Remove ${factor?.name ?? ''}`} opened={factor !== null} onClose={onClose}>
      <ProveFirst>
        <Stack>
          <Text>
            Sign-ins will not ask for it any more. Without any second factor the password alone signs you in. It can be added again at any
            time.
          </Text>
          <Failure error={remove.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              color="red"
              loading={remove.isPending}
              onClick={() => factor !== null && remove.mutate({ factorId: factor.factorId }, { onSuccess: onClose })}
            >
              Remove it
            </Button>
          </Group>
        </Stack>
      </ProveFirst>
    </Dialog>
  )
}
