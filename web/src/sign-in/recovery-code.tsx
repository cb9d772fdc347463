import { Button, Checkbox, Code, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import './recovery-code.css'

/** The recovery code, shown this once. Going on takes a word that it is kept. */
export function RecoveryCode({ code, email, onKept }: { code: string; email: string; onKept: () => void }) {
  const [kept, setKept] = useState(false)
  return (
    <Stack>
      <Text>
        If you forget your password, this code opens your vault. It is shown now and never again: nobody else has it, and nobody can send it
        to you.
      </Text>
      <Code block fz="lg" ta="center" className="recovery-code" data-testid="recovery-code">
        {code}
      </Code>
      <Group>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button
          variant="default"
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`Claviger recovery code of ${email}\n\n${code}\n`)}`}
          download="claviger-recovery-code.txt"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Save as a file
        </Button>
      </Group>
      <Checkbox
        checked={kept}
        onChange={(event) => setKept(event.currentTarget.checked)}
        label="I have put the code where only I can find it"
      />
      <Button disabled={!kept} onClick={onKept}>
        Go on
      </Button>
    </Stack>
  )
}
