import { type Connection, call } from '@claviger/client/api/call.ts'
import { type PendingItem, type PendingKind, readPending } from '@claviger/contract/api/pending.ts'
import type { Command } from 'commander'
import { type Row, Table, timeText, writeJsonArray } from './output.ts'
import { addPersonOptions, openPerson, type PersonOptions } from './person.ts'

/** Things in one answer, of each kind. */
const PAGE = 200

const words: Readonly<Record<PendingKind, string>> = {
  'log-key': 'key',
  team: 'team',
  membership: 'membership',
  rotation: 'new team key',
  'folder-rotation': 'new folder key',
  device: 'device',
  user: 'person',
}

/** Adds `pending`. */
export function addPendingCommand(program: Command): void {
  addPersonOptions(program.command('pending'))
    .description('what waits: why, and who can end the wait (with --json: one array)')
    .action(list)
}

async function list(options: PersonOptions) {
  const { connection } = await openPerson(options)
  const pages = pendingPages(connection)
  if (options.json) return writeJsonArray(pages)
  const table = new Table('WHAT', 'TEAM', 'WHO', 'SINCE')
  for await (const page of pages) await table.write(page.map(rowOf))
  await table.end('Nothing waits.')
}

export type Waiting = PendingItem

/** Everything that waits, as the caller sees it. @throws ApiError */
export async function readAllPending(connection: Connection): Promise<Waiting[]> {
  const all: Waiting[] = []
  for await (const page of pendingPages(connection)) all.push(...page)
  return all
}

async function* pendingPages(connection: Connection): AsyncGenerator<PendingItem[]> {
  const first = await call(connection, readPending, { limit: PAGE })
  yield first.items
  for (const { kind, after } of first.more) {
    for (let from: string | undefined = after; from !== undefined; ) {
      const page: typeof first = await call(connection, readPending, { kind, after: from, limit: PAGE })
      yield page.items
      from = page.more.find((more) => more.kind === kind)?.after
    }
  }
}

function rowOf({ kind, team, email, since, reason, unblockedBy, others }: PendingItem): Row {
  return { cells: [words[kind], team, email, timeText(since)], notes: [reason, whoCan(unblockedBy, others)] }
}

function whoCan(unblockers: PendingItem['unblockedBy'], others: number): string {
  if (unblockers.length === 0) return 'Nobody can end this wait now.'
  const named = unblockers.map(({ name, kind, online }) => `${name} (${kind}${online ? ', online' : ''})`)
  return `Can end it: ${[...named, ...(others === 0 ? [] : [`${others} more`])].join(', ')}`
}
