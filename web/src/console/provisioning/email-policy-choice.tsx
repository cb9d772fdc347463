import { Radio, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Failure } from '../../ui/failure.tsx'
import { useAct } from '../../worker/ask.ts'
import type { MethodShown } from './method-shown.ts'

const policies = [
  {
    value: 'warn',
    label: 'Warn',
    description: 'The user is taken, by userName. The difference is flagged on the user and in the provisioning log.',
  },
  {
    value: 'refuse',
    label: 'Refuse',
    description:
      'The request is refused, in words that tell the directory’s administrator what to change. Users who are there already stay.',
  },
] as const

/** What happens where the directory's primary e-mail of somebody is another address than the userName (story 7). */
export function EmailPolicyChoice({ method, mayManage }: { method: MethodShown; mayManage: boolean }) {
  const set = useAct('setEmailPolicy', ['readMethod', 'listMethods'])
  const choose = (chosen: string) => {
    const policy = policies.find(({ value }) => value === chosen)
    if (policy === undefined) return
    const change = { method: method.methodId, emailPolicy: policy.value }
    set.mutate(change, { onSuccess: () => notifications.show({ message: `Saved: ${policy.label}.` }) })
  }
  return (
    <Stack gap="sm">
      <Radio.Group
        name="email-policy"
        label="Where the primary e-mail of somebody differs from userName"
        description="userName is the e-mail address that people sign in with. One that is no e-mail address is refused in any case."
        value={set.isPending ? set.variables.emailPolicy : method.emailPolicy}
        onChange={choose}
      >
        <Stack mt="sm" gap="xs">
          {policies.map((policy) => (
            <Radio key={policy.value} {...policy} disabled={!mayManage || set.isPending} />
          ))}
        </Stack>
      </Radio.Group>
      <Failure error={set.error} />
    </Stack>
  )
}
