import { Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import './outside-page.css'

/** A page for who is not signed in: one card in the middle. */
export function OutsidePage({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <main className="outside">
      <div className="outside-column">
        <div className="outside-brand">
          <img src="/icon.svg" alt="" width={36} height={36} />
          <span>Claviger</span>
        </div>
        <Paper withBorder shadow="sm" p="xl" radius="lg">
          <Stack gap="lg">
            <div>
              <Title order={1} size="h2">
                {title}
              </Title>
              {lead !== undefined && (
                <Text c="dimmed" mt="xs">
                  {lead}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Paper>
      </div>
    </main>
  )
}
