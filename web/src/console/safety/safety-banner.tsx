import { Alert, Button, Stack } from '@mantine/core'
import { IconEye, IconHandStop } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useAsk } from '../../worker/ask.ts'
import { peopleText, removalsText } from './safety-words.ts'

/** What stands above a method that its limits have paused, or that only observes; nothing above others. */
export function SafetyBanner({ methodId }: { methodId: string }) {
  const { data } = useAsk('readSafety', { method: methodId })
  if (data?.pausedBy === 'breaker') {
    const { requests, people } = data.held
    return (
      <Alert color="red" variant="light" icon={<IconHandStop aria-hidden />} title="Paused by its limits: you decide">
        The directory would take access from more people than its limits allow. {removalsText(requests)}, from {peopleText(people)}, are
        held; nothing of them is applied.
        <Way to={`/provisioning/${methodId}`}>Look at what is held</Way>
      </Alert>
    )
  }
  if (data?.observe !== true) return null
  return (
    <Alert color="blue" variant="light" icon={<IconEye aria-hidden />} title="Observed only: nothing of the directory is applied">
      What it sends is written down, and it is told to send it again later.
      <Way to={`/provisioning/${methodId}`} search={{ tab: 'observed' }}>
        Look at what it would do
      </Way>
    </Alert>
  )
}

interface Directory {
  readonly methodId: string
  readonly nodeName: string
  readonly pausedBy: 'administrator' | 'breaker' | null
}

/** The directories that their limits have paused, above everything else: until somebody decides, they provision nobody. */
export function PausedByLimits({ directories }: { directories: readonly Directory[] }) {
  const paused = directories.filter(({ pausedBy }) => pausedBy === 'breaker')
  if (paused.length === 0) return null
  return (
    <Alert color="red" variant="light" icon={<IconHandStop aria-hidden />} title="A directory was paused by its limits">
      <Stack gap="xs">
        {paused.map(({ methodId, nodeName }) => (
          <div key={methodId}>
            The directory of {nodeName} would take access from more people than its limits allow.
            <Way to={`/provisioning/${methodId}`}>Look at what is held, and decide</Way>
          </div>
        ))}
      </Stack>
    </Alert>
  )
}

/** A link that can be read on the colour of a banner. */
function Way({ to, search = {}, children }: { to: string; search?: Readonly<Record<string, string>>; children: string }) {
  return (
    <div>
      <Button size="xs" variant="default" mt="xs" renderRoot={(props) => <Link {...props} to={to} search={search} />}>
        {children}
      </Button>
    </div>
  )
}
