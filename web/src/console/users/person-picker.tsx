import type { UserId } from '@claviger/contract/ids.ts'
import { Radio, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Failure } from '../../ui/failure.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { useAsk } from '../../worker/ask.ts'

/** People that are offered; who is not among them is searched for. */
const OFFERED = 6

type Person = { readonly userId: UserId; readonly email: string }

interface PersonPickerProps {
  readonly label: string
  readonly except: UserId
  readonly chosen: Person | null
  readonly onChoose: (person: Person) => void
}

/** Chooses one active person, by search. Keys are given to verified people alone, so others are shown and cannot be chosen. */
export function PersonPicker({ label, except, chosen, onChoose }: PersonPickerProps) {
  const [search, setSearch] = useState('')
  const found = useAsk('listUsers', { status: 'active', limit: OFFERED + 1, ...(search !== '' && { search }) }, { keepOld: true })
  const people = found.data?.users.filter(({ userId }) => userId !== except).slice(0, OFFERED) ?? []
  const choose = (id: string) => {
    const person = people.find(({ userId }) => userId === id)
    if (person !== undefined) onChoose({ userId: person.userId, email: person.email })
  }
  return (
    <Stack gap="xs">
      <SearchField label="Search e-mail addresses" value={search} onSearch={setSearch} />
      <Failure error={found.error} />
      <Radio.Group label={label} value={chosen?.userId ?? ''} onChange={choose}>
        <Stack gap="xs" mt="xs">
          {people.map(({ userId, email, verified }) => (
            <Radio
              key={userId}
              value={userId}
              label={email}
              disabled={!verified}
              {...(!verified && { description: 'Not verified yet: see Approvals.' })}
            />
          ))}
        </Stack>
      </Radio.Group>
      {found.data !== undefined && people.length === 0 && <Text size="sm">No active user fits.</Text>}
      {(found.data?.total ?? 0) > people.length + 1 && (
        <Text size="sm" c="dimmed">
          There are more: search for the person.
        </Text>
      )}
    </Stack>
  )
}
