import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'

const PAUSE_MILLIS = 200

export interface SearchFieldProps {
  readonly label: string
  readonly value: string
  /** Called when the typing pauses. */
  readonly onSearch: (text: string) => void
}

/** A field that searches while one types. */
export function SearchField({ label, value, onSearch }: SearchFieldProps) {
  const [typed, setTyped] = useState(value)
  const [sent, setSent] = useState(value)
  const [seen, setSeen] = useState(value)
  // Somebody else changed what is searched for, as a button that clears it. What one typed since is not lost to an older search.
  if (value !== seen) {
    setSeen(value)
    if (value !== sent) setTyped(value)
  }
  const search = useDebouncedCallback((text: string) => {
    setSent(text)
    onSearch(text)
  }, PAUSE_MILLIS)
  const type = (text: string) => {
    setTyped(text)
    search(text)
  }
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} />}
    />
  )
}
