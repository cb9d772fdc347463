import { Loader, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { Failure } from '../../ui/failure.tsx'
import { useAsk } from '../../worker/ask.ts'
import { type Found, type FoundGroup, foundOf } from './found.ts'

const PAUSE_MILLIS = 150

/** A field with what was found under it: arrow keys choose, Enter goes there (ARIA combobox pattern, list always open). */
export function SearchBox({ onGone }: { onGone: () => void }) {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), PAUSE_MILLIS)
  const answer = useAsk('searchAll', { q: asked }, { enabled: asked !== '', keepOld: true })
  const groups = foundOf(text, asked === '' ? undefined : answer.data)
  const all = groups.flatMap(({ found }) => found)
  const [chosen, setChosen] = useState(0)
  const at = Math.min(chosen, all.length - 1)
  const listId = useId()
  const go = ({ to }: Found) => {
    onGone()
    void navigate({ to })
  }
  const onKey = (event: KeyboardEvent) => {
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    const found = all[at]
    if (next !== undefined && all.length > 0) setChosen((next + all.length) % all.length)
    else if (event.key === 'Enter' && found !== undefined) go(found)
    else return
    event.preventDefault()
  }
  const isReading = text.trim() !== '' && (asked !== text.trim() || answer.isFetching)
  return (
    <div className="search">
      <TextInput
        role="combobox"
        aria-label="Search users, teams, nodes and pages"
        aria-expanded
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={at < 0 ? undefined : `${listId}-${at}`}
        placeholder="An address, a team, a node, a page"
        data-autofocus
        autoComplete="off"
        value={text}
        maxLength={100}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setChosen(0)
        }}
        onKeyDown={onKey}
        leftSection={isReading ? <Loader size={16} aria-hidden /> : <IconSearch size={16} aria-hidden />}
      />
      <Failure error={answer.error} onRetry={() => void answer.refetch()} />
      <Groups groups={groups} at={at} listId={listId} onGo={go} />
      <Text size="sm" c="dimmed" aria-live="polite">
        {all.length === 0 && !isReading && !answer.isError ? `Nothing is called “${text.trim()}”. Addresses and names are searched.` : ''}
      </Text>
    </div>
  )
}

interface GroupsProps {
  readonly groups: readonly FoundGroup[]
  readonly at: number
  readonly listId: string
  readonly onGo: (found: Found) => void
}

function Groups({ groups, at, listId, onGo }: GroupsProps) {
  const chosen = useRef<HTMLDivElement>(null)
  useEffect(() => {
    chosen.current?.scrollIntoView({ block: 'nearest' })
  })
  let index = -1
  return (
    <div role="listbox" id={listId} aria-label="Found" className="search-found">
      {groups.map(({ title, found }) => (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
        <div key={title} role="group" aria-label={title}>
          <Text size="xs" c="dimmed" fw={600} aria-hidden className="search-group">
            {title}
          </Text>
          {found.map((each) => {
            index += 1
            const isChosen = index === at
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus, and takes the keys
              <div
                key={each.to}
                id={`${listId}-${index}`}
                ref={isChosen ? chosen : null}
                role="option"
                tabIndex={-1}
                aria-selected={isChosen}
                className="search-option"
                onClick={() => onGo(each)}
              >
                <span className="search-name">{each.name}</span>
                <span className="search-about">{each.about}</span>
              </div>
            )
          })}
        </div>
      ))}
    </div>
  )
}
