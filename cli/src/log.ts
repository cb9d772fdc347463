import type { ProvenNodeId } from '@claviger/server/nodes/scope.ts'
import { type LogEntry, readLog } from '@claviger/server/provisioning/log.ts'
import type { Db } from '@claviger/server/storage/database.ts'
import { type Command, InvalidArgumentError } from 'commander'
import { followLog } from './log-follow.ts'
import { type Row, Table, timeJson, timeText, write, writeJsonArray } from './output.ts'
import { pagesOf } from './pages.ts'
import { addStoreOptions, provenNode, type StoreOptions, withStore } from './store.ts'

/** Entries that a person is shown unless they ask for more; with `--follow`, before the ones that come. */
const SHOWN = 50
const SHOWN_BEFORE_FOLLOWING = 10
const MOST = 10_000

interface LogOptions extends StoreOptions {
  node: string
  follow?: boolean
  limit?: number
}

/** Adds `log`. */
export function addLogCommand(program: Command): void {
  addStoreOptions(program.command('log'))
    .description('the provisioning log of a node: what the directory asked for, what became of it, and what to do')
    .requiredOption('--node <id>', 'the node')
    .option('--follow', 'go on with what comes, until Ctrl-C (with --json: one object a line)')
    .option('--limit <n>', `only the last n (${SHOWN}; with --follow ${SHOWN_BEFORE_FOLLOWING}; with --json all)`, readLimit)
    .action(log)
}

async function log({ node, follow = false, json = false, limit, ...options }: LogOptions) {
  await withStore(options, async ({ db }) => {
    const { nodeId } = await provenNode(db, node)
    if (follow) return showWhatComes(db, nodeId, limit ?? SHOWN_BEFORE_FOLLOWING, json)
    if (json) return writeJsonArray(shownPages(limit === undefined ? allPages(db, nodeId) : lastPage(db, nodeId, limit)))
    const table = newTable()
    for await (const page of lastPage(db, nodeId, limit ?? SHOWN)) await table.write(page.map(rowOf))
    await table.end('The directory has asked for nothing yet.')
  })
}

async function showWhatComes(db: Db, nodeId: ProvenNodeId, before: number, json: boolean) {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const table = newTable()
  for await (const page of followLog(db, nodeId, before, stop.signal)) {
    if (json) await write(page.map((entry) => `${JSON.stringify(shown(entry))}\n`).join(''))
    else await table.write(page.map(rowOf))
  }
}

function allPages(db: Db, nodeId: ProvenNodeId) {
  return pagesOf(
    (after, limit) => readLog(db, nodeId, { after, limit }),
    ({ id }) => id,
  )
}

async function* lastPage(db: Db, nodeId: ProvenNodeId, limit: number) {
  yield await readLog(db, nodeId, { newest: true, limit })
}

async function* shownPages(pages: AsyncIterable<LogEntry[]>) {
  for await (const page of pages) yield page.map(shown)
}

/** An entry in JSON. The request's body and query stay in the store: they hold first and last names (story 8). */
function shown(entry: LogEntry) {
  return {
    id: entry.id,
    at: timeJson(entry.at),
    methodId: entry.method_id,
    tokenId: entry.token_id,
    requestId: entry.request_id,
    httpMethod: entry.http_method,
    path: pathOf(entry),
    status: entry.status,
    operation: entry.operation,
    subjectKind: entry.subject_kind,
    subjectId: entry.subject_id,
    summary: entry.summary,
    detail: entry.detail,
    advice: entry.advice,
  }
}

function newTable() {
  return new Table('TIME', 'RESULT', 'WHAT', 'IN WORDS')
}

function rowOf(entry: LogEntry): Row {
  const words = [entry.summary, entry.detail].filter((part) => part !== null && part !== '').join(' ')
  return {
    cells: [timeText(entry.at), resultOf(entry.status), entry.operation, words],
    notes: entry.advice === null ? [] : [`What to do: ${entry.advice}`],
  }
}

function resultOf(status: number) {
  if (status < 400) return 'done'
  return status < 500 ? 'refused' : 'failed'
}

function pathOf({ path }: LogEntry) {
  return path.split('?', 1)[0]
}

function readLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d+$/.test(text) || limit < 1 || limit > MOST) throw new InvalidArgumentError(`Give a number from 1 to ${MOST}.`)
  return limit
}
