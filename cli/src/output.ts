/** What a table shows; nothing where it is null or undefined. */
export type Cell = string | number | null | undefined

export interface Row {
  cells: readonly Cell[]
  /** Lines that stand under the row, indented. */
  notes?: readonly string[]
}

/** Writes text to standard output and waits until it is taken, so that a long list never piles up in memory. */
export function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}

/** A line for a person, or several. */
export function say(...lines: string[]): Promise<void> {
  return write(lines.map((line) => `${printable(line)}\n`).join(''))
}

/** The one JSON value of a command that was given `--json`. */
export function writeJson(value: unknown): Promise<void> {
  return write(`${JSON.stringify(value, null, 2)}\n`)
}

/** The same for a list of any length, read page by page: an array, one element a line. */
export async function writeJsonArray(pages: AsyncIterable<readonly unknown[]>): Promise<void> {
  let open = '['
  for await (const page of pages) {
    if (page.length === 0) continue
    await write(`${open}\n${page.map((element) => JSON.stringify(element)).join(',\n')}`)
    open = ','
  }
  await write(open === '[' ? '[]\n' : '\n]\n')
}

/** A table whose rows come page by page: a column is as wide as its widest cell so far. */
export class Table {
  readonly #head: readonly string[]
  readonly #widths: number[]
  #empty = true
  constructor(...head: string[]) {
    this.#head = head
    this.#widths = head.map((title) => title.length)
  }

  async write(rows: readonly Row[]): Promise<void> {
    const texts = rows.map(({ cells, notes = [] }) => ({ cells: cells.map((cell) => printable(String(cell ?? ''))), notes }))
    for (const { cells } of texts) {
      for (const [column, cell] of cells.entries()) this.#widths[column] = Math.max(this.#widths[column] ?? 0, cell.length)
    }
    const lines = texts.flatMap(({ cells, notes }) => [this.#line(cells), ...notes.map((note) => `    ${printable(note)}`)])
    if (lines.length === 0) return
    if (this.#empty) lines.unshift(this.#line(this.#head))
    this.#empty = false
    await write(`${lines.join('\n')}\n`)
  }

  /** Says `words` where no row was written. */
  async end(words: string): Promise<void> {
    if (this.#empty) await say(words)
  }

  #line(cells: readonly string[]) {
    return cells
      .map((cell, column) => cell.padEnd(this.#widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  }
}

/** A time for a person: UTC, to the second. */
export function timeText(millis: number): string {
  return `${new Date(millis).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** A time in JSON: ISO 8601, or null where there is none. */
export function timeJson(millis: number | null): string | null {
  return millis === null ? null : new Date(millis).toISOString()
}

/** Directories choose names: none of them may move the cursor of a terminal, colour it, or turn its letters round. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Bidi_Control}/gu, '\u{FFFD}')
}
