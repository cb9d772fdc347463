import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectDirectory } from './connect.ts'
import { ascii, groups, people } from './population.ts'
import { pushPopulation } from './push-population.ts'
import { foreignServer, listOf, scimError } from './testing-foreign-server.ts'
import { memoryServer } from './testing-memory-server.ts'

test('the same seed gives the same people and groups, however often, and a shorter list is the start of a longer one', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 20 }), (seed, count, few) => {
      const all = people(count, { seed })
      expect(people(count, { seed })).toEqual(all)
      expect(people(Math.min(few, count), { seed })).toEqual(all.slice(0, Math.min(few, count)))
      expect(groups(5, 10, all, { seed })).toEqual(groups(5, 10, all, { seed }))
    }),
    { numRuns: 50 },
  )
})

test('a hundred thousand people have different ASCII addresses, and managers who were made before them', () => {
  const all = people(100_000)
  const seen = new Set<string>()
  for (const person of all) {
    if (!/^[a-z-]+\.[a-z-]+\d*@example\.com$/.test(person.userName)) expect.fail(person.userName)
    if (person.manager !== undefined && !seen.has(person.manager)) expect.fail(`${person.userName} reports to ${person.manager}`)
    seen.add(person.userName)
  }
  expect(seen.size).toBe(100_000)
  expect(all.filter((person) => person.manager === undefined)).toHaveLength(1)
})

test('a thousand groups have different names and two hundred different members each', () => {
  const all = people(1000)
  const made = groups(1000, 200, all)
  expect(new Set(made.map(({ name }) => name)).size).toBe(1000)
  expect(made.every(({ members }) => new Set(members).size === 200)).toBe(true)
  expect(groups(1, 10, people(3))[0]?.members).toHaveLength(3)
})

test('names from anywhere become ASCII', () => {
  expect(['Müller', 'Łukasz', 'Søren', 'O’Brien', 'Yılmaz', 'Weiß', 'Dvořák', 'Da-Silva'].map(ascii)).toEqual([
    'mueller',
    'lukasz',
    'soeren',
    'obrien',
    'yilmaz',
    'weiss',
    'dvorak',
    'da-silva',
  ])
})

test('a population is pushed several at a time, with everyone in the groups they belong to', async () => {
  const server = await memoryServer()
  const all = people(40)
  const progress: string[] = []
  const report = await pushPopulation(
    connectDirectory('okta', { ...server.connection, record: false }),
    { people: all, groups: groups(3, 10, all) },
    { concurrency: 4, onProgress: ({ phase, done, of }) => progress.push(`${phase} ${done}/${of}`) },
  )
  expect(report).toMatchObject({ ok: true, people: { of: 40, done: 40, failed: 0 }, groups: { of: 3, done: 3 }, failures: [] })
  expect(report.requests).toBe(40 * 2 + 3 * 3)
  expect(progress.at(-1)).toBe('groups 3/3')
  const put = server.seen.find(({ method }) => method === 'PUT')
  expect(Object(put?.body)['members']).toHaveLength(10)
})

test('a push goes on after a failure, counts it, and keeps its words', async () => {
  const server = await foreignServer(({ method, body }) => {
    if (method === 'GET') return listOf()
    return String(Object(body)['userName']).includes('5@') ? scimError(400, 'Not this one.') : { status: 201, body: { id: 'u' } }
  })
  const someone = Array.from({ length: 10 }, (_, index) => ({ userName: `p${index}@example.com` }))
  const report = await pushPopulation(connectDirectory('okta', server.connection), { people: someone })
  expect(report).toMatchObject({ ok: false, people: { done: 9, failed: 1 } })
  expect(report.failures[0]?.seen).toContain('Not this one.')
})
