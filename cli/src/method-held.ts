import { findMethod } from '@claviger/server/provisioning/methods.ts'
import { type HeldView, heldTotals, listHeld } from '@claviger/server/safety/held.ts'
import { countObserved, listObserved, type ObservedView } from '@claviger/server/safety/observed.ts'
import type { Db } from '@claviger/server/storage/database.ts'
import type { Page } from '@claviger/server/storage/page.ts'
import type { Command } from 'commander'
import { say, Table, timeJson, timeText, writeJsonArray } from './output.ts'
import { addStoreOptions, type StoreOptions, withStore } from './store.ts'

/** Rows that are held in memory at once, however long a list is. */
const PAGE = 200

/** Adds `method held` and `method observed`. */
export function addMethodHeldCommands(method: Command): void {
  addStoreOptions(method.command('held'))
    .description('what the limits hold back until you decide: apply it with `method resume`, drop it with `method resume --reject`')
    .argument('<method>', 'the id of the method')
    .option('--decided', 'what was decided, newest first, instead')
    .action(held)
  addStoreOptions(method.command('observed'))
    .description('what the directory would have done since it is only observed, the newest of each person and team')
    .argument('<method>', 'the id of the method')
    .action(observed)
}

async function held(id: string, { decided = false, ...options }: StoreOptions & { decided?: boolean }) {
  await withStore(options, async ({ db }) => {
    await findMethod(db, id)
    const pages = pagesOf((after) => listHeld(db, id, decided ? 'decided' : 'open', { after, limit: PAGE }))
    if (options.json) return writeJsonArray(mapped(pages, heldInJson))
    const { requests, people } = await heldTotals(db, id)
    if (!decided && requests > 0) await say(`Held: ${requests} removals, from ${people} people.`, '')
    const table = new Table('SENT', 'WHAT', decided ? 'DECIDED' : 'TIMES')
    for await (const page of pages) {
      await table.write(
        page.map((row) => ({
          cells: [timeText(row.at), row.summary, decided ? row.state : row.times],
          notes: [...(row.who.length > 0 ? [whoText(row)] : []), ...(row.result === null ? [] : [row.result])],
        })),
      )
    }
    await table.end(decided ? 'Nothing was held and decided yet.' : 'Nothing is held.')
  })
}

async function observed(id: string, options: StoreOptions) {
  await withStore(options, async ({ db }) => {
    await findMethod(db, id)
    const pages = pagesOf((after) => listObserved(db, id, undefined, { after, limit: PAGE }))
    if (options.json) return writeJsonArray(mapped(pages, observedInJson))
    await sayCounts(db, id)
    const table = new Table('SENT', 'WHAT', 'TIMES')
    for await (const page of pages) await table.write(page.map(({ at, summary, times }) => ({ cells: [timeText(at), summary, times] })))
    await table.end('Nothing was observed: turn it on with `claviger method safety METHOD --observe on`.')
  })
}

async function sayCounts(db: Db, id: string) {
  const { operations, memberships } = await countObserved(db, id)
  if (operations.length === 0) return
  const counts = operations.map(({ operation, count }) => `${operation}: ${count}`)
  await say([...counts, `memberships added: ${memberships.added}, ended: ${memberships.removed}`].join(', '), '')
}

function whoText({ who, people }: HeldView): string {
  return people > who.length ? `${who.join(', ')} and ${people - who.length} more` : who.join(', ')
}

function heldInJson({ at, lastAt, decidedAt, ...row }: HeldView) {
  return { ...row, at: timeJson(at), lastAt: timeJson(lastAt), decidedAt: timeJson(decidedAt) }
}

function observedInJson({ at, ...row }: ObservedView) {
  return { ...row, at: timeJson(at) }
}

async function* pagesOf<Row>(read: (after: string | undefined) => Promise<Page<Row>>): AsyncGenerator<Row[]> {
  for (let after: string | undefined; ; ) {
    const { rows, next } = await read(after)
    if (rows.length > 0) yield rows
    if (next === null) return
    after = next
  }
}

async function* mapped<Row>(pages: AsyncIterable<Row[]>, show: (row: Row) => unknown): AsyncGenerator<unknown[]> {
  for await (const page of pages) yield page.map(show)
}
