import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { account } from '../../worker/account.ts'
import { SafetyWords } from './safety-words.tsx'
import { useRefreshApprovals } from './use-approval.ts'

/** Lets another device of one's own in, once its words were compared. */
export function OwnDevice({ requestId, onClose }: { requestId: string | null; onClose: () => void }) {
  return (
    <Dialog title="Let your new device in" opened={requestId !== null} onClose={onClose}>
      {requestId !== null && <Comparing requestId={requestId} onClose={onClose} />}
    </Dialog>
  )
}

function Comparing({ requestId, onClose }: { requestId: string; onClose: () => void }) {
  const refresh = useRefreshApprovals()
  const devices = useQuery({ queryKey: ['ownDevices'], queryFn: () => account.ownDevices(), gcTime: 0 })
  const answer = useMutation({
    mutationFn: (isLetIn: boolean) => account.answerOwnDevice(requestId, isLetIn),
    onSuccess: onClose,
    onSettled: refresh,
  })
  return (
    <Loaded query={devices}>
      {(found) => {
        const device = found.find((waiting) => waiting.requestId === requestId)
        if (device === undefined) return <Text>This device does not wait any more.</Text>
        return (
          <Stack>
            <Text>{device.name} asks to be let into your account. Let it in only if it shows these words, in this order:</Text>
            <SafetyWords words={device.words} label="Words of the device" />
            <Failure error={answer.error} />
            <Group justify="flex-end">
              <Button variant="default" loading={answer.isPending} onClick={() => answer.mutate(false)}>
                Turn it away
              </Button>
              <Button loading={answer.isPending} onClick={() => answer.mutate(true)}>
                It shows these words: let it in
              </Button>
            </Group>
          </Stack>
        )
      }}
    </Loaded>
  )
}
