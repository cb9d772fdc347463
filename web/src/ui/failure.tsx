import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { explain } from './explain.ts'

/** What failed, in words; nothing where nothing did. Read out by screen readers when it appears. */
export function Failure({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null
  const { title, words } = explain(error)
  return (
    <Alert role="alert" color="red" variant="light" title={title} icon={<IconAlertTriangle aria-hidden />}>
      {words}
    </Alert>
  )
}
