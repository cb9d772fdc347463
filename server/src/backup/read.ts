import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { z } from 'zod'
import { AppError } from '../errors.ts'
import { Cells, FORMAT, Header, Section, Trailer } from './format.ts'

/** What is told of a backup while it is read. */
export interface BackupReader {
  /** Called once, before any row. */
  header?(header: Header): Promise<void>
  rows(section: Section, rows: z.infer<typeof Cells>[]): Promise<void>
}

const BATCH_ROWS = 500
/** A row can be long; what has no end of line for longer is no backup. */
const LONGEST_LINE = 64 * 1024 * 1024

/**
 * Reads a backup from its first line to its last, and has read it well only if it returns: then nothing is missing and
 * nothing was altered.
 * @throws AppError `not_found` where there is no file, `invalid_value` where it is no backup, of a newer version, incomplete or altered.
 */
export async function readBackup(file: string, reader: BackupReader): Promise<{ header: Header; trailer: Trailer }> {
  const parser = new Parser(reader)
  try {
    await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const line of linesOf(chunks)) await parser.take(line)
    })
  } catch (error) {
    throw explained(error, file, parser.hasHeader)
  }
  return parser.end()
}

class Parser {
  readonly #reader: BackupReader
  readonly #hash = createHash('sha256')
  readonly #counted: Record<string, number> = {}
  #header: Header | undefined
  #section: Section | undefined
  #waiting: z.infer<typeof Cells>[] = []
  #trailer: Trailer | undefined
  #digest = ''
  constructor(reader: BackupReader) {
    this.#reader = reader
  }

  get hasHeader() {
    return this.#header !== undefined
  }

  async take(line: string) {
    if (!this.#header) {
      this.#header = readHeader(line)
      await this.#reader.header?.(this.#header)
    } else await this.#takeNext(parseJson(line), line)
    if (!this.#trailer) this.#hash.update(line).update('\n')
  }

  async #takeNext(value: unknown, line: string) {
    if (this.#trailer) throw altered('there is more after its end')
    const cells = Cells.safeParse(value)
    if (cells.success) return this.#takeRow(cells.data)
    await this.#flush()
    const section = Section.safeParse(value)
    if (section.success) {
      this.#section = section.data
      return
    }
    const trailer = Trailer.safeParse(value)
    if (!trailer.success) throw altered(`it has a line that cannot be: ${line.slice(0, 20)}…`)
    this.#trailer = trailer.data
    this.#digest = this.#hash.digest('hex')
  }

  async #takeRow(cells: z.infer<typeof Cells>) {
    const section = this.#section
    if (!section || cells.length !== section.columns.length) throw altered('it has a row that belongs to no table')
    this.#counted[section.table] = (this.#counted[section.table] ?? 0) + 1
    if (this.#waiting.push(cells) >= BATCH_ROWS) await this.#flush()
  }

  async #flush() {
    if (this.#section && this.#waiting.length > 0) await this.#reader.rows(this.#section, this.#waiting.splice(0))
  }

  end(): { header: Header; trailer: Trailer } {
    const [header, trailer] = [this.#header, this.#trailer]
    if (!header) throw noBackup()
    if (!trailer) throw new AppError('invalid_value', 'this backup is incomplete: its end is missing. Use another copy.')
    const miscounted = Object.entries(trailer.rows).find(([table, rows]) => rows !== (this.#counted[table] ?? 0))
    if (miscounted) throw altered(`it should hold ${miscounted[1]} rows of ${miscounted[0]}`)
    if (trailer.sha256 !== this.#digest) throw altered('its checksum is another')
    return { header, trailer }
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) throw noBackup()
    yield* lines
  }
  if (rest !== '') yield rest
}

function readHeader(line: string): Header {
  const header = Header.safeParse(parseJson(line))
  if (!header.success) throw noBackup()
  const { format, version } = header.data
  if (format > FORMAT)
    throw new AppError('invalid_value', `this backup was written by a newer version (${version}) in a format that this one cannot read`)
  return header.data
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** zlib and the file system say what is wrong by a code. */
function explained(error: unknown, file: string, hasHeader: boolean): unknown {
  const code = error instanceof Error && !(error instanceof AppError) && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return new AppError('not_found', `there is no file ${file}`)
  if (code === 'EISDIR') return new AppError('invalid_value', `${file} is a folder`)
  if (code === 'Z_BUF_ERROR') return new AppError('invalid_value', 'this backup is incomplete: its end is missing. Use another copy.')
  if (code === 'Z_DATA_ERROR') return hasHeader ? altered('it cannot be unpacked') : noBackup()
  return error
}

function altered(how: string) {
  return new AppError('invalid_value', `this backup is damaged: ${how}. Use another copy.`)
}

function noBackup() {
  return new AppError('invalid_value', 'this file is no backup of Claviger')
}
