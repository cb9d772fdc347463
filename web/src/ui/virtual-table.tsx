import { Checkbox, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import './virtual-table.css'

export interface Column<Row> {
  readonly key: string
  readonly header: string
  readonly cell: (row: Row) => ReactNode
  /** Of CSS; columns without one share what is left. */
  readonly width?: string
  /** By what the server orders the list for this column. */
  readonly sort?: string
  /** Not shown where the page is no wider: `narrow` is a tablet, `medium` a small laptop, `large` a large one. */
  readonly hiddenWhen?: 'narrow' | 'medium' | 'large'
}

export interface TableOrder {
  readonly by: string
  readonly direction: 'asc' | 'desc'
}

export interface VirtualTableProps<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  /** How many rows there are with those that were not read yet; null where nobody has counted them. */
  readonly total: number | null
  readonly keyOf: (row: Row) => string
  /** What a row is called where it is chosen. */
  readonly nameOf?: (row: Row) => string
  readonly order?: TableOrder
  readonly onOrder?: (order: TableOrder) => void
  readonly chosen?: ReadonlySet<string>
  readonly onChoose?: (chosen: ReadonlySet<string>) => void
  /** Called when the last rows come into sight. */
  readonly onEnd?: () => void
}

/** Of each row, in pixels: rows of one height are found without measuring. */
const ROW = 52
const OVERSCAN = 12

/** A table of any length: only the rows in sight are in the page, and the page's own scrolling moves it. */
export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { label, rows, total, keyOf, onEnd } = props
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  // What stands above the table comes and goes, as notices do.
  useLayoutEffect(() => {
    const now = body.current === null ? 0 : body.current.getBoundingClientRect().top + window.scrollY
    if (Math.abs(now - top) > 1) setTop(now)
  })
  const virtual = useWindowVirtualizer<HTMLTableRowElement>({
    count: rows.length,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    scrollMargin: top,
    useFlushSync: false,
  })
  const shown = virtual.getVirtualItems()
  const [first, last] = [shown[0], shown.at(-1)]
  const isAtEnd = last !== undefined && last.index >= rows.length - OVERSCAN * 2
  useEffect(() => {
    if (isAtEnd && rows.length > 0) onEnd?.()
  }, [isAtEnd, rows.length, onEnd])
  return (
    <table className="vtable" aria-label={label} aria-rowcount={total === null ? -1 : total + 1}>
      <Head {...props} />
      <tbody ref={body}>
        <Gap height={first === undefined ? 0 : first.start - top} />
        {shown.map(({ index }) => {
          const row = rows[index]
          return row === undefined ? null : <KeptRow key={keyOf(row)} row={row} index={index} {...props} />
        })}
        <Gap height={last === undefined ? 0 : virtual.getTotalSize() - (last.end - top)} />
      </tbody>
    </table>
  )
}

/** The room of rows that are not in the page. */
function Gap({ height }: { height: number }) {
  return height <= 0 ? null : <tr className="vtable-gap" style={{ height }} />
}

function Head<Row>({ columns, rows, keyOf, order, onOrder, chosen, onChoose }: VirtualTableProps<Row>) {
  const all = rows.length > 0 && rows.every((row) => chosen?.has(keyOf(row)))
  return (
    <thead>
      <tr aria-rowindex={1}>
        {onChoose !== undefined && (
          <th scope="col" className="vtable-choose">
            <Checkbox
              aria-label="Choose all that are shown"
              checked={all}
              indeterminate={!all && (chosen?.size ?? 0) > 0}
              onChange={() => onChoose(new Set(all ? [] : rows.map(keyOf)))}
            />
          </th>
        )}
        {columns.map(({ key, header, width, sort, hiddenWhen }) => (
          <th
            key={key}
            scope="col"
            data-hidden-when={hiddenWhen}
            style={width === undefined ? undefined : { width }}
            aria-sort={order === undefined || order.by !== sort ? undefined : order.direction === 'asc' ? 'ascending' : 'descending'}
          >
            {sort === undefined || onOrder === undefined ? (
              header
            ) : (
              <SortButton header={header} sort={sort} order={order} onOrder={onOrder} />
            )}
          </th>
        ))}
      </tr>
    </thead>
  )
}

interface SortButtonProps {
  readonly header: string
  readonly sort: string
  readonly order: TableOrder | undefined
  readonly onOrder: (order: TableOrder) => void
}

function SortButton({ header, sort, order, onOrder }: SortButtonProps) {
  const direction = order?.by === sort ? order.direction : undefined
  const Icon = direction === 'desc' ? IconArrowDown : IconArrowUp
  return (
    <UnstyledButton className="vtable-sort" onClick={() => onOrder({ by: sort, direction: direction === 'asc' ? 'desc' : 'asc' })}>
      {header}
      <Icon size={14} aria-hidden className={direction === undefined ? 'vtable-unsorted' : undefined} />
    </UnstyledButton>
  )
}

/** While one scrolls, only the rows that come into sight are rendered. React's type of `memo` forgets what the row is of. */
const KeptRow = memo(BodyRow) as typeof BodyRow

function BodyRow<Row>({
  row,
  index,
  columns,
  keyOf,
  nameOf,
  chosen,
  onChoose,
}: VirtualTableProps<Row> & { readonly row: Row; readonly index: number }) {
  const key = keyOf(row)
  const isChosen = chosen?.has(key) === true
  const toggle = () => {
    const next = new Set(chosen)
    if (!next.delete(key)) next.add(key)
    onChoose?.(next)
  }
  return (
    <tr aria-rowindex={index + 2} aria-selected={onChoose === undefined ? undefined : isChosen} data-chosen={isChosen || undefined}>
      {onChoose !== undefined && (
        <td className="vtable-choose">
          <Checkbox aria-label={`Choose ${nameOf?.(row) ?? key}`} checked={isChosen} onChange={toggle} />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.key} data-hidden-when={column.hiddenWhen}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}
