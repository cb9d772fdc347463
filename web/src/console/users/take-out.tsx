import { Alert, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Confirm } from '../../ui/confirm.tsx'
import { useAct, useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import type { UserDetails } from './user-page.tsx'

interface TakeOutProps {
  readonly act: 'lock' | 'delete'
  readonly user: UserDetails
  readonly onClose: () => void
}

/** Asks before a user is locked or deleted, and once more where that leaves a team without anybody who holds its key. */
export function TakeOut({ act, user, onClose }: TakeOutProps) {
  const doing = useAct(act === 'lock' ? 'lockUser' : 'deleteUser', ['readUser', 'listUsers', 'listUserTeams', 'readUserTimeline'])
  const asked = doing.data?.outcome === 'confirm' ? doing.data : undefined
  const onSuccess = ({ outcome, directory }: AnswerOf<'lockUser'>) => {
    if (outcome !== 'done') return
    const also = directory ? ' A directory provisions this user: change it there too, or it decides otherwise the next time.' : ''
    notifications.show({ message: `${user.email} is ${act === 'lock' ? 'locked, and signed out everywhere' : 'deleted'}.${also}` })
    onClose()
  }
  const verb = act === 'lock' ? 'Lock' : 'Delete'
  return (
    <Confirm
      title={`${verb} ${user.email}?`}
      opened
      onClose={onClose}
      verb={asked === undefined ? verb : `${verb} all the same`}
      onConfirm={() => doing.mutateAsync({ user: user.userId, confirm: asked !== undefined }).then(onSuccess, () => {})}
      isDoing={doing.isPending}
      error={doing.error}
      {...(act === 'delete' && { typeName: user.email })}
    >
      <Stack gap="sm">
        {act === 'lock' ? (
          <Text>
            Every session ends at once, and the vault cannot be opened. Nothing is lost: unlocking gives everything back, without any
            approval.
          </Text>
        ) : (
          <WhatIsKept />
        )}
        {asked !== undefined && (
          <Alert color="orange" title="Nothing was done yet">
            {asked.warning}
          </Alert>
        )}
      </Stack>
    </Confirm>
  )
}

function WhatIsKept() {
  const { data } = useAsk('readSettings', {})
  const term = data === undefined ? 'the retention time' : data.retentionDays === 1 ? 'one day' : `${data.retentionDays} days`
  return (
    <Text>
      The account is locked at once and leaves every team. It is kept for {term}, with its keys and folders: until then it can be restored,
      or its vault transferred. After that it is gone for good.
    </Text>
  )
}
