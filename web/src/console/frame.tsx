import { Badge, Burger, Button, Menu, NavLink } from '@mantine/core'
import { IconChecklist, IconUser } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import { account } from '../worker/account.ts'
import './frame.css'

/** The pages that there are. */
const places = [{ to: '/', label: 'Approvals', icon: IconChecklist }] as const

/** The frame of the Admin Console: where one can go, and who one is. Laid out in plain CSS, because Mantine's own frame injects styles. */
export function Frame({ waiting }: { waiting: number | undefined }) {
  const [open, setOpen] = useState(false)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  return (
    <div className="frame" data-open={open || undefined}>
      <a className="frame-skip" href="#content">
        Skip to the content
      </a>
      <header className="frame-top">
        <Burger
          className="frame-burger"
          opened={open}
          onClick={() => setOpen(!open)}
          aria-label={open ? 'Close the menu' : 'Open the menu'}
        />
        <Link to="/" className="frame-brand">
          <img src="/icon.svg" alt="" width={28} height={28} />
          <span>Claviger</span>
        </Link>
        <div className="frame-space" />
        <Me />
      </header>
      <nav className="frame-side" aria-label="Admin Console">
        {places.map(({ to, label, icon: Icon }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            active={
              to === '/' ? path === '/console' || path === '/console/' || path === '/' : path.replace(/^\/console/, '').startsWith(to)
            }
            leftSection={<Icon size={18} aria-hidden />}
            rightSection={waiting ? <Badge size="sm">{waiting}</Badge> : undefined}
            onClick={() => setOpen(false)}
          />
        ))}
      </nav>
      <main id="content" className="frame-content" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}

function Me() {
  const me = useQuery({ queryKey: ['who-am-i'], queryFn: () => account.whoAmI() })
  const signOut = async () => {
    await account.signOut()
    window.location.assign('/sign-in?then=console')
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" leftSection={<IconUser size={18} aria-hidden />}>
          {me.data?.email ?? 'Me'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => window.location.assign('/')}>Web Vault</Menu.Item>
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
