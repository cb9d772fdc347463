import { closeDatabase, isPostgres, openDatabase } from '@claviger/server/storage/open.ts'
import { newTestLocation } from '@claviger/server/storage/testing.ts'
import { expect, onTestFinished, test } from 'vitest'
import { newUser } from '../new-user.ts'
import { makeBlank, startProduct } from '../product.ts'
import { contentsOf, newRows, userRecipe } from '../user-recipe.ts'
import { demand, requestText, type Target, Wire } from '../wire.ts'
import { Workshop } from '../workshop.ts'
import { startPostgresFloor, startSqliteFloor } from './start.ts'

const first = newUser('first0', 1)
const measured = newUser('second', 2)

function newWorkshop() {
  const workshop = new Workshop()
  onTestFinished(() => workshop.close())
  return workshop
}

/** What a server answers to a second user, and the rows that it writes for them. */
async function observe(target: Target, location: string) {
  const db = await openDatabase(location)
  onTestFinished(() => closeDatabase(db))
  const wire = await Wire.to(target.port)
  onTestFinished(() => wire.close())
  await demand(wire, requestText(target, 'POST', '/Users', first.body))
  const before = await contentsOf(db)
  const answer = await demand(wire, requestText(target, 'POST', '/Users', measured.body))
  const after = await contentsOf(db)
  const counted = (contents: typeof after) => contents.get('node_counts')?.reduce((sum, row) => sum + Number(row['users']), 0) ?? 0
  return { answer, rows: [...newRows(before, after)], counted: counted(after) - counted(before) }
}

type Observed = Awaited<ReturnType<typeof observe>>

/** Each row as its table, and its columns by type and length. */
function shapesOf({ rows }: Observed) {
  return rows
    .map(([table, row]) => {
      const columns = Object.entries(row).map(([name, value]) => `${name}: ${typeof value} of ${String(value).length}`)
      return `${table}: ${columns.toSorted().join(', ')}`
    })
    .toSorted()
}

function headersOf({ answer }: Observed) {
  const lines = answer.head.split('\r\n').slice(1)
  return lines.map((line) => line.toLowerCase().replace(/: .*/, (value) => ` of ${value.length}`)).toSorted()
}

test('a floor writes the rows that the product writes, of the same lengths, and answers as much', async () => {
  const workshop = newWorkshop()
  const [oursBlank, floorBlank] = [await makeBlank(await newTestLocation()), await makeBlank(await newTestLocation())]
  const ours = await observe(await startProduct(workshop, oursBlank, oursBlank.location), oursBlank.location)
  const { location, scope } = floorBlank
  const floorServer = isPostgres(location)
    ? startPostgresFloor(workshop, location, scope)
    : startSqliteFloor(workshop, location, scope, true)
  const floor = await observe(await floorServer, location)
  expect(shapesOf(floor)).toEqual(shapesOf(ours))
  expect(floor.counted).toBe(1)
  expect(ours.counted).toBe(1)
  expect(headersOf(floor)).toEqual(headersOf(ours))
  expect(floor.answer.body).toHaveLength(ours.answer.body.length)
  expect(Object.keys(JSON.parse(floor.answer.body))).toEqual(Object.keys(JSON.parse(ours.answer.body)))
})

test('the floor of one transaction a request writes them too', async ({ skip }) => {
  const { location, scope } = await makeBlank(await newTestLocation())
  skip(isPostgres(location), 'PostgreSQL has one floor')
  const floor = await observe(await startSqliteFloor(newWorkshop(), location, scope, false), location)
  expect(floor.rows.map(([table]) => table).toSorted()).toEqual([
    'audit_log',
    'changes',
    'invitations',
    'outbox',
    'provisioning_log',
    'users',
  ])
  expect(floor.rows.find(([table]) => table === 'users')?.[1]).toMatchObject({ email: measured.email, external_id: measured.externalId })
})

test('nothing that differs from one user to the next is left in the recipe', async () => {
  const recipe = JSON.stringify(await userRecipe(newWorkshop()))
  expect(recipe).not.toContain(measured.email)
  expect(recipe).not.toContain(measured.externalId)
  expect(recipe).not.toMatch(/20\d\d-\d\d-\d\dT/)
})
