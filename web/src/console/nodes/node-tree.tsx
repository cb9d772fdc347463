import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type CSSProperties, type KeyboardEvent, type MouseEvent, useRef, useState } from 'react'
import { StateBadge } from '../../ui/state-badge.tsx'
import { methodWords, teamWords, userWords } from './node-words.ts'
import type { TreeRow } from './tree-rows.ts'
import './node-tree.css'

export interface NodeTreeProps {
  readonly rows: readonly TreeRow[]
  /** Opens or closes a node that others are under. */
  readonly onToggle: (nodeId: string) => void
}

/**
 * The tree of nodes, as ARIA has trees: one stop of the Tab key, then arrows (left and right close and open), Home, End, and
 * Enter, which goes to the node.
 */
export function NodeTree({ rows, onToggle }: NodeTreeProps) {
  const tree = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState<string | null>(null)
  const reached = rows.some(({ node }) => node.nodeId === current) ? current : rows[0]?.node.nodeId
  const goTo = (row: TreeRow | undefined) => {
    if (row === undefined) return
    setCurrent(row.node.nodeId)
    tree.current?.querySelectorAll<HTMLElement>('[role=treeitem]')[rows.indexOf(row)]?.focus()
  }
  const press = (event: KeyboardEvent, row: TreeRow) => {
    const next = moves[event.key]?.(rows, rows.indexOf(row))
    if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    if (next === 'toggle') onToggle(row.node.nodeId)
    else goTo(next)
  }
  return (
    <div role="tree" aria-label="Nodes" className="tree" ref={tree}>
      {rows.map((row) => (
        <Item
          key={row.node.nodeId}
          row={row}
          isReached={row.node.nodeId === reached}
          onFocus={() => setCurrent(row.node.nodeId)}
          onKeyDown={(event) => press(event, row)}
          onToggle={() => onToggle(row.node.nodeId)}
        />
      ))}
    </div>
  )
}

type Move = (rows: readonly TreeRow[], at: number) => TreeRow | 'toggle' | undefined

const moves: Readonly<Record<string, Move>> = {
  ArrowDown: (rows, at) => rows[at + 1],
  ArrowUp: (rows, at) => rows[at - 1] ?? rows[0],
  Home: (rows) => rows[0],
  End: (rows) => rows.at(-1),
  ArrowRight: (rows, at) => (rows[at]?.isOpen === false ? 'toggle' : rows[at]?.isOpen === true ? rows[at + 1] : undefined),
  ArrowLeft: (rows, at) => {
    const row = rows[at]
    if (row?.isOpen === true) return 'toggle'
    return rows.find(({ node }) => node.nodeId === row?.node.parentId)
  },
}

interface ItemProps {
  readonly row: TreeRow
  readonly isReached: boolean
  readonly onFocus: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onToggle: () => void
}

function Item({ row: { node, level, position, siblings, isOpen }, isReached, onFocus, onKeyDown, onToggle }: ItemProps) {
  const toggle = (event: MouseEvent) => {
    event.preventDefault()
    onToggle()
  }
  return (
    <Link
      to={`/nodes/${node.nodeId}`}
      role="treeitem"
      className="tree-item"
      style={{ '--tree-level': level } as CSSProperties}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={isOpen ?? undefined}
      tabIndex={isReached ? 0 : -1}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
    >
      <span className="tree-name">
        {isOpen === null ? (
          <span className="tree-toggle" />
        ) : (
          // For the mouse alone: the keyboard has the arrows.
          // biome-ignore lint/a11y: the tree's item itself is opened and closed with the arrow keys
          <span className="tree-toggle" data-open={isOpen} onClick={toggle} title={isOpen ? 'Close' : 'Open'}>
            <IconChevronRight size={16} aria-hidden />
          </span>
        )}
        <span>{node.name}</span>
      </span>
      <span className="tree-counts">{userWords(node.users)}</span>
      <span className="tree-counts">{teamWords(node.teams)}</span>
      <span className="tree-method">
        {node.method !== null && <StateBadge state={node.method.state} label={methodWords(node.method.state)} />}
      </span>
    </Link>
  )
}
