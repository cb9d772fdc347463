import { Button, Menu, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDots } from '@tabler/icons-react'
import { useState } from 'react'
import { explain } from '../../ui/explain.ts'
import { useAct, useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'
import { MoveUser } from './move-user.tsx'
import { TakeOut } from './take-out.tsx'
import type { UserDetails } from './user-page.tsx'

const aboutUsers = ['readUser', 'listUsers', 'listUserTeams', 'readUserTimeline'] as const

/** What can be done with a user, by who may. */
export function UserActs({ user }: { user: UserDetails }) {
  const node = useAsk('readNode', { node: user.nodeId }, { keepOld: true })
  if (node.data === undefined) return null
  if (!node.data.rights.includes('manage-users')) {
    return (
      <Text size="sm" c="dimmed">
        Your role lets you look here, and change nothing.
      </Text>
    )
  }
  return user.status === 'deleted' ? <Restore user={user} /> : <Acts user={user} />
}

function Acts({ user }: { user: UserDetails }) {
  const [open, setOpen] = useState<'lock' | 'delete' | 'move' | null>(null)
  const input = { user: user.userId }
  const close = () => setOpen(null)
  const resend = useAct('resendInvitation', aboutUsers)
  const unlock = useAct('unlockUser', aboutUsers)
  return (
    <>
      {user.status === 'invited' && (
        <Button
          variant="default"
          loading={resend.isPending}
          onClick={() =>
            resend
              .mutateAsync(input)
              .then(told(`A new invitation goes to ${user.email}. The link of the old one opens nothing any more.`), failed)
          }
        >
          Resend invitation
        </Button>
      )}
      {user.status === 'locked' ? (
        <Button
          loading={unlock.isPending}
          onClick={() => unlock.mutateAsync(input).then(told(`${user.email} is unlocked: everything is as it was before.`), failed)}
        >
          Unlock
        </Button>
      ) : (
        <Button variant="default" onClick={() => setOpen('lock')}>
          Lock
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" aria-label="More acts" px="xs">
            <IconDots size={18} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setOpen('move')}>Move to another node</Menu.Item>
          <Menu.Item color="red" onClick={() => setOpen('delete')}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {(open === 'lock' || open === 'delete') && <TakeOut act={open} user={user} onClose={close} />}
      {open === 'move' && <MoveUser user={user} onClose={close} />}
    </>
  )
}

function Restore({ user }: { user: UserDetails }) {
  const restore = useAct('restoreUser', aboutUsers)
  const words = ({ status, directory }: AnswerOf<'restoreUser'>) =>
    [
      status === 'invited' ? `${user.email} is back, and invited anew.` : `${user.email} is back, with keys, devices and own folders.`,
      'Teams are joined anew.',
      directory && 'A directory provisions the node: assign the person there too, or it may delete them again.',
    ]
      .filter((part) => typeof part === 'string')
      .join(' ')
  return (
    <Button
      loading={restore.isPending}
      onClick={() => restore.mutateAsync({ user: user.userId }).then((answer) => told(words(answer))(), failed)}
    >
      Restore
    </Button>
  )
}

/** What was done takes the button away that did it, so it is told apart from it. */
function told(message: string) {
  return () => void notifications.show({ message })
}

function failed(error: Error): void {
  const { title, words } = explain(error)
  notifications.show({ color: 'red', title, message: words, autoClose: false, role: 'alert' })
}
