import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { Confirm } from '../../ui/confirm.tsx'
import { CopyField } from '../../ui/copy-field.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAct } from '../../worker/ask.ts'
import { ObserveSwitch } from '../safety/observe-switch.tsx'
import { StepTitle } from './add-method.tsx'
import { FirstRequest } from './first-request.tsx'
import type { GivenToken } from './given-token.ts'
import { Guide } from './guide/guide.tsx'
import type { MethodShown } from './method-shown.ts'

export interface OneMethodProps {
  readonly method: MethodShown
  /** The newest token, as long as it is known here. */
  readonly token: string | null
  readonly mayManage: boolean
  readonly onGiven: (given: GivenToken | null) => void
}

/** A method that was not saved yet: what to paste, and the button that lets the directory in. */
export function DraftMethod(props: OneMethodProps) {
  const { method, token, mayManage } = props
  return (
    <div className="beside">
      <Paper withBorder radius="md" p="lg">
        <Stack>
          <StepTitle step={3} title={token === null ? 'This method is a draft' : 'Copy URL and Token, then save'} />
          <Alert color="yellow" variant="light" icon={<IconInfoCircle aria-hidden />} title="Until you save, the directory’s test fails">
            The method is a draft. Its token is refused with 401 and words that say so, and nothing of the directory is applied. You can
            leave this page: the draft is kept.
          </Alert>
          <CopyField label="URL" value={method.baseUrl} />
          {token === null ? <LostToken {...props} /> : <ShownToken token={token} />}
          <FirstRequest method={method} />
          <ObserveSwitch methodId={method.methodId} observe={method.observe} mayManage={mayManage} />
          {mayManage && <Save methodId={method.methodId} />}
        </Stack>
      </Paper>
      <Guide baseUrl={method.baseUrl} token={token} isDraft />
    </div>
  )
}

/** A token that cannot be shown again. */
export function ShownToken({ token }: { token: string }) {
  return (
    <>
      <CopyField label="Token" value={token} />
      <Alert color="orange" variant="light" icon={<IconAlertTriangle aria-hidden />} title="The token is shown this once">
        Copy it now, into the directory or a safe place. The server keeps only a hash of it, so nobody can show it to you again.
      </Alert>
    </>
  )
}

/** Nothing works with a draft's token yet, so the old one ends before another is made. */
function LostToken({ method, mayManage, onGiven }: OneMethodProps) {
  const [isAsked, setAsked] = useState(false)
  const revoke = useAct('revokeToken', [])
  const rotate = useAct('rotateToken', ['readMethod'])
  const replace = async () => {
    for (const { tokenId } of method.tokens) await revoke.mutateAsync({ method: method.methodId, token: tokenId })
    onGiven(await rotate.mutateAsync({ method: method.methodId }))
  }
  const last = method.tokens.at(-1)
  return (
    <div>
      <Text size="sm" fw={500}>
        Token
      </Text>
      <Text size="sm" c="dimmed">
        {last === undefined
          ? 'It has no valid token.'
          : `It was shown when it was made, and ends in ${last.hint}. If you have it, paste it at the directory; if not, make another.`}
      </Text>
      {mayManage && (
        <Button variant="default" size="xs" mt="xs" onClick={() => setAsked(true)}>
          Create Another Token
        </Button>
      )}
      <Confirm
        title="Create another token?"
        verb="Create Another Token"
        isDestructive={false}
        opened={isAsked}
        onClose={() => setAsked(false)}
        isDoing={revoke.isPending || rotate.isPending}
        error={revoke.error ?? rotate.error}
        onConfirm={() =>
          void replace().then(
            () => setAsked(false),
            () => {},
          )
        }
      >
        <Text>The token that was made before ends at once. Where it was pasted, the new one has to be.</Text>
      </Confirm>
    </div>
  )
}

function Save({ methodId }: { methodId: string }) {
  const save = useAct('saveMethod', ['readMethod', 'readNode', 'listNodes', 'listMethods', 'readOverview'])
  return (
    <>
      <Failure error={save.error} />
      <Group justify="flex-end">
        <Button loading={save.isPending} onClick={() => save.mutate({ method: methodId })}>
          Save
        </Button>
      </Group>
    </>
  )
}
