import type { Db } from '../storage/database.ts'
import { type ActivityQuery, type ActivityReach, type ActivityRow, findActivity } from './find.ts'

/** Rows that are held at a time, however long the log is. */
const PAGE = 500
const COLUMNS = ['id', 'at', 'actor', 'actorName', 'action', 'subjectKind', 'subjectId', 'subjectName', 'detail'] as const

/** The rows that fit as the text of a file, oldest first, piece by piece. CSV as RFC 4180, with a header; or a JSON object a line. */
export async function* exportActivity(db: Db, reach: ActivityReach, query: ActivityQuery, format: 'csv' | 'jsonl'): AsyncGenerator<string> {
  if (format === 'csv') yield `${COLUMNS.join(',')}\r\n`
  const lineOf = format === 'csv' ? csvLine : (row: ActivityRow) => `${JSON.stringify({ ...row, at: timeOf(row) })}\n`
  for (let after: string | undefined; ; ) {
    const rows = await findActivity(db, reach, query, { after, oldestFirst: true, limit: PAGE })
    if (rows.length > 0) yield rows.map(lineOf).join('')
    after = rows.at(-1)?.id
    if (rows.length < PAGE) return
  }
}

function csvLine(row: ActivityRow): string {
  const { actor, subject } = row
  const who = actor.id === null ? actor.kind : `${actor.kind}:${actor.id}`
  const cells = [row.id, timeOf(row), who, actor.name ?? '', row.action, subject.kind, subject.id ?? '', subject.name ?? '']
  return `${[...cells, JSON.stringify(row.detail)].map(csvCell).join(',')}\r\n`
}

/** One cell. A spreadsheet takes what begins with one of these for a formula, and runs it: an apostrophe makes it text again. */
export function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

function timeOf({ at }: ActivityRow): string {
  return new Date(at).toISOString()
}
