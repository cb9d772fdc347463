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
  const node = useAsk('readNode', { node: user.nodeId })
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
            resend.mutate(input, told(`A new invitation goes to ${user.email}. The link of the old one opens nothing any more.`))
          }
        >
          Resend invitation
        </Button>
      )}
      {user.status === 'locked' ? (
        <Button
          loading={unlock.isPending}
          onClick={() => unlock.mutate(input, told(`${user.email} is unlocked: everything is as it was before.`))}
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
      onClick={() =>
        restore.mutate({ user: user.userId }, { onSuccess: (answer) => notifications.show({ message: words(answer) }), onError: failed })
      }
    >
      Restore
    </Button>
  )
}

function told(message: string) {
  return { onSuccess: () => void notifications.show({ message }), onError: failed }
}

function failed(error: Error): void {
  const { title, words } = explain(error)
  notifications.show({ color: 'red', title, message: words, autoClose: false, role: 'alert' })
}
