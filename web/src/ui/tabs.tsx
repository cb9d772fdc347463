import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export interface Tab {
  readonly key: string
  readonly label: string
  readonly content: ReactNode
}

/** The parts of a page. Which one is open stands in the address, so it survives a reload and can be sent to others. */
export function PageTabs({ tabs, label }: { tabs: readonly Tab[]; label: string }) {
  const navigate = useNavigate()
  const { tab } = useSearch({ strict: false }) as { tab?: unknown }
  const open = tabs.find(({ key }) => key === tab)?.key ?? tabs[0]?.key ?? null
  return (
    <Tabs value={open} onChange={(next) => navigate({ to: '.', search: { tab: next }, replace: true })} keepMounted={false}>
      <Tabs.List mb="lg" aria-label={label}>
        {tabs.map(({ key, label: name }) => (
          <Tabs.Tab key={key} value={key}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ key, content }) => (
        <Tabs.Panel key={key} value={key}>
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
