import { Button, Tooltip } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { explain } from '../../ui/explain.ts'
import { agoText } from '../../ui/time.tsx'
import { useLive } from './live.tsx'

const TICK_MILLIS = 10_000

/** Asks at once what has changed, and says when that was last known. */
export function SyncButton() {
  const { sync, isSyncing, syncedAt, syncError, connection } = useLive()
  const now = useNow()
  const words =
    syncError === null
      ? syncedAt === null
        ? 'Not synced yet'
        : `Synced ${agoText(Math.min(syncedAt, now), now)}${connection === 'open' ? '; changes arrive by themselves' : ''}`
      : explain(syncError).title
  return (
    <Tooltip label={words} multiline maw="18rem">
      <Button
        variant="default"
        onClick={sync}
        loading={isSyncing}
        leftSection={<IconRefresh size={16} aria-hidden />}
        aria-description={words}
        className="frame-compact"
        aria-label="Sync"
      >
        Sync
      </Button>
    </Tooltip>
  )
}

function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MILLIS)
    return () => window.clearInterval(timer)
  }, [])
  return now
}
