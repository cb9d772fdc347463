import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { Confirm } from '../../ui/confirm.tsx'
import { TimeAgo } from '../../ui/time.tsx'
import { useAct } from '../../worker/ask.ts'
import type { GivenToken } from './given-token.ts'
import type { MethodShown } from './method-shown.ts'
import { RotateToken } from './rotate-token.tsx'

type Token = MethodShown['tokens'][number]

export interface TokensProps {
  readonly method: MethodShown
  readonly mayManage: boolean
  readonly onGiven: (given: GivenToken | null) => void
}

/** The tokens that are valid now: one, or two while one is being rotated. */
export function Tokens({ method, mayManage, onGiven }: TokensProps) {
  const [rotating, setRotating] = useState(false)
  const { tokens } = method
  const isRotated = tokens.length > 1
  return (
    <>
      <Text size="sm" c="dimmed">
        {isRotated
          ? 'Both are valid. Give the directory the newer one; then revoke the older, or wait: once the newer is used, the older ends after seven days without use.'
          : tokens.length === 0
            ? 'No token is valid, so the directory is refused. Make another, and paste it there.'
            : 'The directory proves with it who it is.'}
      </Text>
      <ul className="tokens" aria-label="Tokens">
        {tokens.map((token, index) => (
          <li key={token.tokenId}>
            <Described token={token} label={isRotated ? (index === 0 ? 'older' : 'newer') : null} />
            {mayManage && <Revoke method={method} token={token} />}
          </li>
        ))}
      </ul>
      {mayManage && (
        <Group>
          <Button variant="default" disabled={isRotated} onClick={() => setRotating(true)}>
            Rotate token
          </Button>
          {isRotated && (
            <Text size="sm" c="dimmed">
              Revoke one of the two first.
            </Text>
          )}
        </Group>
      )}
      <RotateToken methodId={method.methodId} opened={rotating} onClose={() => setRotating(false)} onGiven={onGiven} />
    </>
  )
}

function Described({ token: { hint, createdAt, expiresAt, lastUsedAt }, label }: { token: Token; label: string | null }) {
  return (
    <div>
      <Text fw={550}>
        ends in <code>{hint}</code>
        {label !== null && ` (${label})`}
      </Text>
      <Text size="sm" c="dimmed">
        made <TimeAgo at={createdAt} /> · last used <TimeAgo at={lastUsedAt} /> ·{' '}
        {expiresAt === null ? (
          'does not expire'
        ) : (
          <>
            expires <TimeAgo at={expiresAt} />
          </>
        )}
      </Text>
    </div>
  )
}

function Revoke({ method, token }: { method: MethodShown; token: Token }) {
  const [isAsked, setAsked] = useState(false)
  const revoke = useAct('revokeToken', ['readMethod', 'listMethods'])
  const close = () => {
    setAsked(false)
    revoke.reset()
  }
  return (
    <>
      <Button
        variant="subtle"
        color="red"
        size="xs"
        aria-label={`Revoke the token that ends in ${token.hint}`}
        onClick={() => setAsked(true)}
      >
        Revoke
      </Button>
      <Confirm
        title={`Revoke the token that ends in ${token.hint}?`}
        verb="Revoke"
        opened={isAsked}
        onClose={close}
        isDoing={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate({ method: method.methodId, token: token.tokenId }, { onSuccess: close })}
      >
        <Text>
          Who still uses it is refused from now on, with words that say so. It cannot be taken back.{' '}
          {method.tokens.length === 1 && 'It is the only one: the directory is refused until you rotate and paste the new token there.'}
        </Text>
      </Confirm>
    </>
  )
}
