import { Button, Menu } from '@mantine/core'
import { IconUser } from '@tabler/icons-react'
import { account } from '../worker/account.ts'
import { useAsk } from '../worker/ask.ts'

/** Who is signed in, the way to their vault, and out. */
export function Me() {
  const me = useAsk('me', {})
  const signOut = async () => {
    await account.signOut()
    window.location.assign('/sign-in?then=/console')
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" className="frame-me" aria-label={me.data?.email ?? 'Me'}>
          <IconUser size={18} aria-hidden />
          <span className="frame-email">{me.data?.email}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href="/">
          Web Vault
        </Menu.Item>
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
