import { Alert, Text } from '@mantine/core'
import { IconEye, IconHandStop } from '@tabler/icons-react'
import { Go } from '../../ui/go.tsx'
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
        held; nothing of them is applied. <Go to={`/provisioning/${methodId}`}>Look at what is held</Go>
      </Alert>
    )
  }
  if (data?.observe !== true) return null
  return (
    <Alert color="blue" variant="light" icon={<IconEye aria-hidden />} title="Observed only: nothing of the directory is applied">
      <Go to={`/provisioning/${methodId}`} search={{ tab: 'observed' }}>
        Look at what it would do
      </Go>
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
      {paused.map(({ methodId, nodeName }) => (
        <Text key={methodId} size="sm">
          The directory of {nodeName} would take access from more people than its limits allow.{' '}
          <Go to={`/provisioning/${methodId}`}>Look at what is held, and decide</Go>
        </Text>
      ))}
    </Alert>
  )
}
