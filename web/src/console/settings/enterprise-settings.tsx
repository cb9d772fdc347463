import { Button, Group, NumberInput, Stack, Switch, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Confirm } from '../../ui/confirm.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Section } from '../../ui/section.tsx'
import { useAct, useAsk } from '../../worker/ask.ts'
import type { AnswerOf } from '../../worker/routes.ts'

type Settings = AnswerOf<'readSettings'>

/** The settings of the enterprise. */
export function EnterpriseSettings() {
  const settings = useAsk('readSettings', {})
  return (
    <Section title="Enterprise">
      <Loaded query={settings}>
        {(data) => (
          <>
            {!data.mayChange && (
              <Text c="dimmed" mb="md">
                Only a full administrator of the root node can change these.
              </Text>
            )}
            <SettingsForm key={JSON.stringify(data)} settings={data} />
          </>
        )}
      </Loaded>
    </Section>
  )
}

function SettingsForm({ settings }: { settings: Settings }) {
  const [wanted, setWanted] = useState(settings)
  const [asks, setAsks] = useState(false)
  const change = useAct('changeSettings', ['readSettings', 'me'])
  const isChanged = JSON.stringify(wanted) !== JSON.stringify(settings)
  const isShorter = wanted.retentionDays < settings.retentionDays
  const save = () => {
    const { mayChange: _, ...given } = wanted
    change.mutate(given, { onSettled: () => setAsks(false) })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isShorter) setAsks(true)
    else save()
  }
  const edit = (part: Partial<Settings>) => {
    change.reset()
    setWanted({ ...wanted, ...part })
  }
  const isOff = !settings.mayChange
  return (
    <form onSubmit={submit}>
      <Stack maw="32rem">
        <TextInput
          label="Name of the enterprise"
          description="In invitations, and at the top of this page."
          required
          maxLength={100}
          disabled={isOff}
          value={wanted.enterpriseName}
          onChange={(event) => edit({ enterpriseName: event.currentTarget.value })}
        />
        <NumberInput
          label="Days in which an invitation can be accepted"
          description="Those that went out keep their term."
          required
          min={1}
          max={90}
          allowDecimal={false}
          disabled={isOff}
          value={wanted.invitationDays}
          onChange={(days) => edit({ invitationDays: Number(days) })}
        />
        <NumberInput
          label="Days for which deleted users are kept"
          description="After them the account and its vault are gone for good."
          required
          min={1}
          max={3_650}
          allowDecimal={false}
          disabled={isOff}
          value={wanted.retentionDays}
          onChange={(days) => edit({ retentionDays: Number(days) })}
        />
        <Switch
          label="Show names"
          description="First and last names are used in mails, and not shown in the console unless this is on."
          disabled={isOff}
          checked={wanted.showNames}
          onChange={(event) => edit({ showNames: event.currentTarget.checked })}
        />
        {!asks && <Failure error={change.error} />}
        {settings.mayChange && (
          <Group>
            <Button type="submit" disabled={!isChanged} loading={change.isPending}>
              Save
            </Button>
            <Text role="status" c="dimmed">
              {isChanged ? 'Not saved yet.' : 'This is what holds.'}
            </Text>
          </Group>
        )}
      </Stack>
      <Confirm
        title="A shorter time holds for everybody"
        opened={asks}
        onClose={() => setAsks(false)}
        verb="Shorten it"
        onConfirm={save}
        isDoing={change.isPending}
        error={change.error}
      >
        Who was deleted more than {wanted.retentionDays} {wanted.retentionDays === 1 ? 'day' : 'days'} ago is purged with the next clean-up,
        with everything in their vault. That cannot be undone: restore or transfer what is still wanted first.
      </Confirm>
    </form>
  )
}
