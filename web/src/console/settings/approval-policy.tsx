import type { Policy } from '@claviger/contract/log/statement.ts'
import { Radio, Stack, Switch, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Confirm } from '../../ui/confirm.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/section.tsx'
import { account } from '../../worker/account.ts'

/** What the enterprise log says of approvals and recovery. Each client verifies it, so the server cannot change it. */
export function ApprovalPolicy() {
  const policy = useQuery({ queryKey: ['policy'], queryFn: () => account.readPolicy() })
  return (
    <Section
      title="Approvals and recovery"
      lead="Stated in the signed enterprise log: every client checks it, and the server cannot change it."
    >
      <Loaded query={policy}>{(shown) => <Choices {...shown} />}</Loaded>
    </Section>
  )
}

function Choices({ policy, mayState }: { policy: Policy; mayState: boolean }) {
  const queries = useQueryClient()
  const [asked, setAsked] = useState<Partial<Policy> | null>(null)
  const state = useMutation({
    mutationFn: (wanted: Partial<Policy>) => account.statePolicy(wanted),
    onSuccess: () => setAsked(null),
    onSettled: () => queries.invalidateQueries({ queryKey: ['policy'] }),
  })
  return (
    <Stack>
      {!mayState && <Text c="dimmed">Only a full administrator of the enterprise can state another policy.</Text>}
      <Radio.Group
        label="Who is admitted without an administrator"
        value={policy.autoApproval}
        onChange={(value) => setAsked({ autoApproval: value === 'everyone' ? 'everyone' : 'verified-members' })}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="verified-members"
            label="Verified members"
            description="Only people whom an administrator, an automator or the directory has certified are admitted by open vaults."
            disabled={!mayState}
          />
          <Radio
            value="everyone"
            label="Everyone"
            description="Whoever the directory pushes is admitted, with the keys that they are first seen with."
            disabled={!mayState}
          />
        </Stack>
      </Radio.Group>
      <Switch
        label="Recovery by administrators"
        description="Vaults open for administrators who hold the recovery key. Off: new accounts are not sealed for it; what was sealed before stays so."
        checked={policy.recovery}
        disabled={!mayState}
        onChange={(event) => setAsked({ recovery: event.currentTarget.checked })}
      />
      {asked === null && <Failure error={state.error} />}
      <Confirm
        title="State another policy"
        opened={asked !== null}
        onClose={() => setAsked(null)}
        verb="State it"
        onConfirm={() => asked !== null && state.mutate(asked)}
        isDoing={state.isPending}
        error={state.error}
        isDestructive={asked?.autoApproval === 'everyone' || asked?.recovery === false}
      >
        {asked === null ? '' : wordsOf(asked)}
      </Confirm>
    </Stack>
  )
}

function wordsOf({ autoApproval, recovery }: Partial<Policy>): string {
  if (autoApproval === 'everyone')
    return 'A server that was taken over could then give itself a place in a team: nobody has looked at the keys of whom is admitted. It can be changed back; who was admitted stays.'
  if (autoApproval !== undefined)
    return 'Who is not verified waits for an administrator or an automator from now on. Who was admitted stays.'
  return recovery === true
    ? 'New accounts are sealed for the recovery key from now on, and older ones with their next sign-in.'
    : 'Who forgets the password and has no recovery code then loses the vault. It can be changed back.'
}
