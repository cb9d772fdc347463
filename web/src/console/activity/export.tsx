import { Anchor, Button, Group, Menu, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { proxy } from 'comlink'
import { useEffect, useState } from 'react'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { numberText } from '../../ui/figures.ts'
import { account } from '../../worker/account.ts'
import type { ActivityQuery } from './query.ts'

type Format = 'csv' | 'jsonl'

/** Takes the activity that is listed away as a file. The Worker fetches it, for only the Worker has the session's token. */
export function Export({ query }: { query: ActivityQuery }) {
  const [bytes, setBytes] = useState(0)
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => () => (url === null ? undefined : URL.revokeObjectURL(url)), [url])
  const fetched = useMutation({
    mutationFn: (format: Format) => account.exportActivity({ ...query, format }, proxy(setBytes)),
    onMutate: () => setBytes(0),
    onSuccess: ({ name, content }) => {
      const address = URL.createObjectURL(content)
      setUrl(address)
      save(address, name)
    },
  })
  const close = () => {
    if (fetched.isPending) void account.cancelExport()
    fetched.reset()
  }
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => fetched.mutate('csv')}>CSV, for a spreadsheet</Menu.Item>
          <Menu.Item onClick={() => fetched.mutate('jsonl')}>JSON lines, for programs</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Dialog title="Export the activity" opened={!fetched.isIdle} onClose={close}>
        <Stack>
          {fetched.error === null ? (
            <Text role="status">
              {fetched.isPending ? 'Fetching' : 'Fetched'} {sizeText(bytes)}
              {fetched.isPending ? ' …' : ', everything that fits the filters.'}
            </Text>
          ) : (
            <Failure error={fetched.error} />
          )}
          {fetched.data !== undefined && url !== null && (
            <Text size="sm">
              Your browser saves it as{' '}
              <Anchor href={url} download={fetched.data.name}>
                {fetched.data.name}
              </Anchor>
              .
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {fetched.isPending ? 'Cancel' : 'Done'}
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  )
}

function save(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${numberText(Math.ceil(bytes / 1_000))} kB` : `${numberText(Math.round(bytes / 100_000) / 10)} MB`
}
