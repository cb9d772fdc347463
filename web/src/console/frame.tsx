import { Badge, Burger, NavLink } from '@mantine/core'
import { Link, useRouterState } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useAsk } from '../worker/ask.ts'
import { ConnectionBanner } from './live/connection-banner.tsx'
import { SyncButton } from './live/sync-button.tsx'
import { Me } from './me.tsx'
import { places } from './places.ts'
import { Search } from './search/search.tsx'
import './frame.css'

/** The frame of the Admin Console: where one can go, and who one is. Laid out in plain CSS, because Mantine's own frame injects styles. */
export function Frame({ enterpriseName, children }: { enterpriseName: string; children: ReactNode }) {
  const [open, setOpen] = useState(false)
  return (
    <div className="frame" data-open={open || undefined}>
      <a className="frame-skip" href="#content">
        Skip to the content
      </a>
      <header className="frame-top">
        <Burger
          className="frame-burger"
          size="sm"
          opened={open}
          onClick={() => setOpen(!open)}
          aria-label={open ? 'Close the menu' : 'Open the menu'}
        />
        <Link to="/" className="frame-brand" aria-label={`${enterpriseName}: overview`}>
          <img src="/icon.svg" alt="" width={28} height={28} />
          <span className="frame-enterprise">{enterpriseName}</span>
        </Link>
        <div className="frame-space" />
        <Search />
        <SyncButton />
        <Me />
      </header>
      <nav className="frame-side" aria-label="Admin Console">
        <Places onGo={() => setOpen(false)} />
      </nav>
      <main id="content" className="frame-content" tabIndex={-1}>
        <ConnectionBanner />
        {children}
      </main>
    </div>
  )
}

function Places({ onGo }: { onGo: () => void }) {
  const path = useRouterState({ select: ({ location }) => location.pathname.replace(/^\/console(?=\/|$)/, '') || '/' })
  const { data } = useAsk('readOverview', {})
  const waiting = data?.waiting.reduce((sum, { count }) => sum + count, 0) ?? 0
  return places.map(({ to, label, icon: Icon }) => (
    <NavLink
      key={to}
      component={Link}
      to={to}
      label={label}
      active={to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)}
      leftSection={<Icon size={18} aria-hidden />}
      rightSection={to === '/approvals' && waiting > 0 ? <Badge aria-label={`${waiting} wait`}>{waiting}</Badge> : undefined}
      onClick={onGo}
    />
  ))
}
