import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A list with nothing in it: why, and what to do next. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py="xl" ta="center">
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text c="dimmed" maw="34rem">
        {children}
      </Text>
    </Stack>
  )
}
