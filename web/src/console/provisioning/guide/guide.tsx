import { Alert, NativeSelect, Paper, Stack, Text, Title } from '@mantine/core'
import { useFilters } from '../../../ui/filters.ts'
import { directories } from './directories.ts'
import type { Pasted } from './steps.tsx'
import '../provisioning.css'

/** What to do at the directory, with this method's URL and token in the fields that take them. */
export function Guide({ baseUrl, token, isDraft }: Pasted & { readonly isDraft: boolean }) {
  const [filters, change] = useFilters()
  const directory = directories.find(({ key }) => key === filters['directory']) ?? directories[0]
  const { Steps } = directory
  return (
    <Paper component="aside" aria-label="At the directory" withBorder radius="md" p="lg">
      <Stack>
        <Title order={2} size="h4">
          At the directory
        </Title>
        <NativeSelect
          label="Your directory"
          data={directories.map(({ key, name }) => ({ value: key, label: name }))}
          value={directory.key}
          onChange={(event) => change({ directory: event.currentTarget.value })}
        />
        {directory.isInCloud && !isReachable(baseUrl) && (
          <Alert color="orange" variant="light" title={`${directory.name} cannot reach this URL`}>
            It calls from the internet, over https. Start the server with <code>CLAVIGER_PUBLIC_URL</code> set to the address that it has
            there; the URL here follows.
          </Alert>
        )}
        {isDraft && (
          <Text size="sm" c="dimmed">
            Save the method before you test the connection there.
          </Text>
        )}
        <Steps baseUrl={baseUrl} token={token} />
      </Stack>
    </Paper>
  )
}

function isReachable(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl)
  return protocol === 'https:' && hostname !== 'localhost' && !/^(127\.|10\.|192\.168\.|\[::1\])/.test(hostname)
}
