import { Button, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconUser } from '@tabler/icons-react'
import { account } from '../worker/account.ts'
import { useAsk } from '../worker/ask.ts'

const appearances: readonly { readonly scheme: MantineColorScheme; readonly label: string }[] = [
  { scheme: 'light', label: 'Light' },
  { scheme: 'dark', label: 'Dark' },
  { scheme: 'auto', label: 'As the system' },
]

/** Who is signed in, how the pages look to them, the way to their vault, and out. */
export function Me() {
  const me = useAsk('me', {})
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const signOut = async () => {
    await account.signOut()
    window.location.assign('/sign-in?then=/console')
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" className="frame-me" aria-label={me.data?.email ?? 'Me'} leftSection={<IconUser size={18} aria-hidden />}>
          <span className="frame-email">{me.data?.email}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href="/">
          Web Vault
        </Menu.Item>
        <Menu.Label>Appearance</Menu.Label>
        {appearances.map(({ scheme, label }) => (
          <Menu.Item
            key={scheme}
            role="menuitemradio"
            aria-checked={colorScheme === scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={colorScheme === scheme ? <IconCheck size={16} aria-hidden /> : undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
