import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '../../storage/database.ts'
import { lineOf } from '../../storage/line.ts'
import { openTestDatabase } from '../../storage/testing.ts'
import { textKey } from '../../storage/text-key.ts'
import { write } from '../../storage/write.ts'
import type { JsonObject } from '../json-value.ts'
import { readListQuery } from '../lists/list-query.ts'
import { presentGroup, presentUser, type StoredGroup, type StoredUser } from '../present.ts'
import { anyType, groupType, userType } from '../schemas/resource-type.ts'
import { anyFilter, times, userBody } from '../testing-arbitraries.ts'
import { readUser, type ScimUser } from '../users/user-resource.ts'
import { formatFilter, parseFilter } from './filter.ts'
import { filterToSql, sortKeyToSql } from './filter-sql.ts'
import { matches } from './match.ts'

const base = 'https://vault.example/scim/v2/node'
let db: Db
beforeEach(async () => {
  db = await openTestDatabase()
})

test('a filter finds in the store exactly the users that it describes', async () => {
  const { users } = await fill(fc.sample(userBody, { numRuns: 120, seed: 1 }), ['a', 'É', 'work'])
  const shown = users.map((user) => presentUser(user, base))
  await agree('users', shown, fc.oneof(anyFilter(userType), anyFilter(anyType)))
})

test('a filter finds in the store exactly the groups that it describes', async () => {
  const { groups } = await fill(fc.sample(userBody, { numRuns: 12, seed: 2 }), ['a', 'É', 'work', 'x@y.z', '%', 'E\u0301lan', ' a b '])
  const shown = groups.map((group) => presentGroup(group, base))
  await agree('teams', shown, fc.oneof(anyFilter(groupType), anyFilter(anyType)))
})

test.each(['%', '_', "'; drop table users; --", '\\'])('the text %j in a filter has no meaning to the database', async (text) => {
  const { users } = await fill(
    [
      { userName: 'plain', title: 'plain' },
      { userName: `a${text}`, title: `a${text}` },
    ],
    [],
  )
  for (const attribute of ['userName', 'title']) {
    for (const operator of ['co', 'ew']) {
      const found = await search('users', parseFilter(`${attribute} ${operator} ${JSON.stringify(text)}`, userType))
      expect(found).toEqual(users.filter(({ userName }) => userName.includes(text)).map((user) => user.id))
    }
  }
})

describe('what a directory looks people and groups up by is compared bare, as its index has it:', () => {
  test.each([
    ['users', 'userName eq "Someone@Example.com"', '"users"."email_key" = '],
    ['users', 'externalId eq "00u1"', '"users"."external_id" = '],
    ['users', 'displayName eq "Some One"', '"users"."display_name_key" = '],
    ['users', 'groups.value eq "t1"', '"users"."id" in (select "memberships"."user_id"'],
    ['teams', 'displayName eq "Ops"', '"teams"."name_key" = '],
    ['teams', 'externalId eq "00g1"', '"teams"."external_id" = '],
    ['teams', 'members[value eq "u1"]', '"teams"."id" in (select "memberships"."team_id"'],
  ] as const)('%s: %s', (table, text, wanted) => {
    const filter = parseFilter(text, table === 'users' ? userType : groupType)
    expect(
      db
        .selectFrom(table)
        .selectAll()
        .where(filterToSql(filter, table, lineOf(db).dialect))
        .compile().sql,
    ).toContain(wanted)
  })
})

test('users sort by any attribute, by the primary value where there are several', async () => {
  await fill(
    [
      { userName: 'one', title: 'b', emails: [{ value: 'z' }, { value: 'a', primary: true }], active: true },
      { userName: 'two', title: 'A', emails: [{ value: 'C' }, { value: 'a' }], active: false },
      { userName: 'three', title: 'c', emails: [{ value: 'b' }], active: true },
    ],
    [],
  )
  const sorted = async (by: string) => {
    const { sort } = readListQuery({ sortBy: by }, userType, { defaultCount: 1, maxCount: 1 })
    if (sort === undefined) throw new Error('no sort')
    const key = sortKeyToSql(sort.ref, 'users', lineOf(db).dialect)
    return (await db.selectFrom('users').select('email').orderBy(key).orderBy('id').execute()).map(({ email }) => email)
  }
  expect(await sorted('title')).toEqual(['two', 'one', 'three'])
  expect(await sorted('emails')).toEqual(['one', 'three', 'two'])
  expect(await sorted('active')).toEqual(['two', 'one', 'three'])
  expect(await sorted('meta.created')).toEqual(['one', 'two', 'three'])
  expect(await sorted('groups.display')).toEqual(['one', 'two', 'three'])
})

async function agree(table: 'users' | 'teams', resources: readonly JsonObject[], filters: ReturnType<typeof anyFilter>) {
  await fc.assert(
    fc.asyncProperty(filters.map(formatFilter), async (text) => {
      const filter = parseFilter(text, anyType)
      const wanted = resources.filter((resource) => matches(filter, resource)).map((resource) => resource['id'])
      expect(await search(table, filter), text).toEqual(wanted)
    }),
    { numRuns: 1_500, seed: 7 },
  )
}

async function search(table: 'users' | 'teams', filter: Parameters<typeof filterToSql>[0]): Promise<string[]> {
  const found = await db
    .selectFrom(table)
    .select('id')
    .where(filterToSql(filter, table, lineOf(db).dialect))
    .orderBy('id')
    .execute()
  return found.map(({ id }) => id)
}

interface Stored {
  readonly users: readonly StoredUser[]
  readonly groups: readonly StoredGroup[]
}

/** Stores users (one of each address), and a team of each name that has some of them. */
async function fill(bodies: readonly unknown[], teamNames: readonly string[]): Promise<Stored> {
  const distinct = new Map(bodies.map(readUser).map((user) => [textKey(user.userName), user]))
  const people = [...distinct.values()].map((user, index) => ({ ...user, id: id(1_000 + index), at: times[index % times.length] ?? 0 }))
  const teams = teamNames.map((name, index) => ({
    id: id(100 + index),
    name,
    externalId: index % 2 === 0 ? name : null,
    members: people.filter((_, at) => at % (index + 2) === 1),
  }))
  await write(db, async (trx) => {
    await trx
      .insertInto('enterprises')
      .values({ id: id(1), name: 'E', retention_ms: 0, created_at: 0 })
      .execute()
    await trx
      .insertInto('nodes')
      .values({ id: id(2), enterprise_id: id(1), parent_id: null, name: 'N', created_at: 0 })
      .execute()
    for (const person of people) await trx.insertInto('users').values(userRow(person)).execute()
    for (const { id, name, externalId, members } of teams) {
      const row = { ...common, id, name, name_key: textKey(name), external_id: externalId, archived_at: null }
      await trx
        .insertInto('teams')
        .values({ ...row, status: 'pending', created_at: 1_000, updated_at: 1_000 })
        .execute()
      for (const { id: user_id } of members) {
        await trx.insertInto('memberships').values({ team_id: id, user_id, state: 'pending', created_at: 0 }).execute()
      }
    }
  })
  return {
    users: people.map((person) => ({
      id: person.id,
      userName: person.userName,
      externalId: person.externalId ?? null,
      displayName: person.displayName ?? null,
      active: person.active !== false,
      rest: person.rest,
      groups: teams.filter(({ members }) => members.includes(person)),
      createdAt: person.at,
      updatedAt: person.at + 1,
      version: 1,
    })),
    groups: teams.map(({ id, name, externalId, members }) => ({
      id,
      displayName: name,
      externalId,
      members: members.map((member) => ({ id: member.id, name: member.userName })),
      createdAt: 1_000,
      updatedAt: 1_000,
      version: 1,
    })),
  }
}

const common = { enterprise_id: id(1), node_id: id(2), version: 1 }

function userRow({ id, at, userName, externalId, displayName, active, rest }: ScimUser & { id: string; at: number }) {
  return {
    ...common,
    id,
    email: userName,
    email_key: textKey(userName),
    external_id: externalId ?? null,
    display_name: displayName ?? null,
    display_name_key: displayName?.trim().normalize('NFC').toLowerCase() ?? null,
    status: active === false ? ('locked' as const) : ('invited' as const),
    registered_at: null,
    email_differs: 0 as const,
    created_at: at,
    updated_at: at + 1,
    deleted_at: null,
    resource: JSON.stringify(rest),
  }
}

function id(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
}
