import { ACTIONS } from '@claviger/contract/api/console/actions.ts'
import { Button, CloseButton, Group, Select, TextInput } from '@mantine/core'
import type { Filters } from '../../ui/filters.ts'
import { useAsk } from '../../worker/ask.ts'
import { actionLabel } from '../timeline/words.ts'
import './activity.css'

const actions = ACTIONS.map((action) => ({ value: action, label: actionLabel(action) })).toSorted((a, b) => a.label.localeCompare(b.label))

/** Narrows the activity: who, what, to what, when. */
export function ActivityFilters({ filters, onChange }: { filters: Filters; onChange: (changes: Filters) => void }) {
  const actors = useActors()
  const { actor, action, subject, from, to } = filters
  const known = actors.some(({ value }) => value === actor) || actor === undefined
  const isNarrowed = [actor, action, subject, from, to].some((given) => given !== undefined)
  return (
    <Group align="flex-end" gap="sm" className="activity-filters">
      <Select
        label="Who"
        placeholder="Anybody"
        data={known ? actors : [...actors, { value: actor, label: 'The one of an entry' }]}
        value={actor ?? null}
        onChange={(value) => onChange({ actor: value ?? undefined })}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'Anybody' }}
      />
      <Select
        label="What"
        placeholder="Anything"
        data={actions}
        value={action ?? null}
        onChange={(value) => onChange({ action: value ?? undefined })}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'Anything' }}
      />
      <TextInput
        label="From"
        type="date"
        value={from ?? ''}
        onChange={(event) => onChange({ from: event.currentTarget.value || undefined })}
      />
      <TextInput label="To" type="date" value={to ?? ''} onChange={(event) => onChange({ to: event.currentTarget.value || undefined })} />
      {subject !== undefined && (
        <TextInput
          label="To what"
          value={subject}
          readOnly
          rightSection={<CloseButton size="sm" aria-label="To anything" onClick={() => onChange({ subject: undefined })} />}
        />
      )}
      {isNarrowed && (
        <Button
          variant="subtle"
          onClick={() => onChange({ actor: undefined, action: undefined, subject: undefined, from: undefined, to: undefined })}
        >
          Show all
        </Button>
      )}
    </Group>
  )
}

/** Who acts often: administrators, automators, the machine itself. Others are chosen at an entry of theirs. */
function useActors(): { value: string; label: string }[] {
  const administrators = useAsk('listAdministrators', {})
  const automators = useAsk('listAutomators', {})
  const people = new Map(administrators.data?.administrators.map(({ userId, email }) => [`user:${userId}`, email]))
  return [
    ...[...people].map(([value, label]) => ({ value, label })),
    ...(automators.data?.automators ?? []).map(({ automatorId, name }) => ({
      value: `automator:${automatorId}`,
      label: `Automator ${name}`,
    })),
    { value: 'command', label: 'The command line' },
    { value: 'server', label: 'The server' },
  ]
}
