import { Alert, Button, Group, Text } from '@mantine/core'
import { IconCloudOff, IconLogout } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { signInAgain } from '../../ui/sign-in-again.ts'
import { useLive } from './live.tsx'

/** A server that is restarted is back before this. */
const PATIENCE_MILLIS = 3_000

/** Says so when the page does not hear of changes any more: why, what is kept, what to do. */
export function ConnectionBanner() {
  const { connection } = useLive()
  const [isPatient, setPatient] = useState(true)
  useEffect(() => {
    if (connection !== 'broken') return setPatient(true)
    const timer = window.setTimeout(() => setPatient(false), PATIENCE_MILLIS)
    return () => window.clearTimeout(timer)
  }, [connection])
  if (connection === 'ended') {
    return (
      <Alert role="alert" color="red" title="Your session has ended" icon={<IconLogout aria-hidden />} mb="lg">
        <Group justify="space-between">
          <Text size="sm">
            You were signed out, here or elsewhere, or an administrator or your directory locked your account. What was saved is kept. If
            you cannot sign in again, ask another administrator.
          </Text>
          <Button size="xs" onClick={signInAgain}>
            Sign in again
          </Button>
        </Group>
      </Alert>
    )
  }
  if (connection !== 'broken' || isPatient) return null
  return (
    <Alert role="status" color="orange" title="The server cannot be reached" icon={<IconCloudOff aria-hidden />} mb="lg">
      <Text size="sm">What you see may be old. It connects again by itself; nothing that was saved is lost.</Text>
    </Alert>
  )
}
