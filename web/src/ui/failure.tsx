import { Alert, Button, Group } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { explain } from './explain.ts'
import { signInAgain } from './sign-in-again.ts'

/**
 * What failed, in words, with what ends it; nothing where nothing did. Read out by screen readers when it appears.
 * `onRetry`: where it can be tried again from here.
 */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  if (error === null || error === undefined) return null
  const { title, words, cure } = explain(error)
  return (
    <Alert role="alert" color="red" variant="light" title={title} icon={<IconAlertTriangle aria-hidden />}>
      {words}
      <Group mt="sm" gap="xs">
        {cure === 'sign-in' && (
          <Button size="xs" onClick={signInAgain}>
            Sign in again
          </Button>
        )}
        {cure === 'reload' && (
          <Button size="xs" variant="default" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        )}
        {onRetry !== undefined && cure === null && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  )
}
