import { Button, Kbd } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { SearchBox } from './search-box.tsx'
import './search.css'

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** Finds users, teams, nodes and pages from everywhere: a button, or Ctrl-K. */
export function Search() {
  const keys = isMac ? '⌘ K' : 'Ctrl K'
  const [opened, setOpened] = useState(false)
  // Opened again while it closes, it begins anew.
  const [times, setTimes] = useState(0)
  const open = () => {
    setOpened(true)
    setTimes(times + 1)
  }
  // Also while one types elsewhere.
  useHotkeys([['mod+K', open]], [])
  return (
    <>
      <Button
        variant="default"
        className="frame-compact"
        onClick={open}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          <Kbd size="xs" className="search-keys" data-keys={keys} aria-hidden>
            {null}
          </Kbd>
        }
        aria-label="Search"
        aria-keyshortcuts={isMac ? 'Meta+K' : 'Control+K'}
      >
        Search
      </Button>
      <Dialog title="Search" opened={opened} onClose={() => setOpened(false)} size="lg">
        <SearchBox key={times} onGone={() => setOpened(false)} />
      </Dialog>
    </>
  )
}
