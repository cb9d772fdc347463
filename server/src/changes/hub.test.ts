import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startPeople } from '../api/testing-people.ts'
import { announce, changesAfter } from '../storage/changes.ts'
import { FeedHub, type HubOptions } from './hub.ts'
import type { StreamSink, ToldChanges } from './subscription.ts'

async function start(options: HubOptions = {}) {
  const people = await startPeople()
  const { db, write, enterpriseId } = people
  const ada = await people.person('ada@example.com')
  const { id: sessionId } = await db.selectFrom('sessions').select('id').where('user_id', '=', ada.userId).executeTakeFirstOrThrow()
  const hub = new FeedHub(db, { pollMillis: 20, ...options })
  onTestFinished(() => hub.close())
  const open = () => {
    const heard: { told: ToldChanges[]; beats: number; ended: string[] } = { told: [], beats: 0, ended: [] }
    const sink: StreamSink = {
      changes: (told) => heard.told.push(told),
      beat: () => heard.beats++,
      end: (reason) => heard.ended.push(reason),
    }
    const leave = hub.open({ kind: 'user', id: ada.userId, enterpriseId, sessionId }, undefined, sink)
    return { heard, leave }
  }
  const change = () => write((trx) => announce(trx, { enterpriseId, kind: 'account', subjectId: ada.userId, at: Date.now() }))
  return { ...people, ada, hub, open, change, sessionId }
}

async function until(what: () => boolean) {
  for (let tries = 0; !what(); tries++) {
    if (tries > 500) throw new Error('it did not come to pass')
    await sleep(10)
  }
}

test('many streams share one poller, which rests when the last has gone', async () => {
  let reads = 0
  const read: typeof changesAfter = (...asked) => {
    reads++
    return changesAfter(...asked)
  }
  const { open, hub, change } = await start({ read, mostStreams: 500, pollMillis: 100 })
  const streams = Array.from({ length: 200 }, open)
  await until(() => streams.every(({ heard }) => heard.told.length === 1))
  reads = 0
  const began = Date.now()
  await change()
  await until(() => streams.every(({ heard }) => heard.told.length === 2))
  expect(reads).toBeLessThanOrEqual(2 + (Date.now() - began) / 100)
  for (const { leave } of streams) leave()
  expect(hub.size).toBe(0)
  await sleep(250)
  reads = 0
  await sleep(300)
  expect(reads).toBe(0)
  const { heard } = open()
  await until(() => heard.told.length === 1)
})

test('a stream that has nothing to say gives signs of life, and keeps the session in use', async () => {
  const { open, db, write, sessionId } = await start({ heartbeatMillis: 50 })
  const longAgo = Date.now() - 10 * 60_000
  await write((trx) => trx.updateTable('sessions').set({ used_at: longAgo }).where('id', '=', sessionId).execute())
  const { heard } = open()
  await until(() => heard.beats >= 3)
  const { used_at: usedAt } = await db.selectFrom('sessions').select('used_at').where('id', '=', sessionId).executeTakeFirstOrThrow()
  expect(usedAt).toBeGreaterThan(longAgo)
})

test('a session that expires without anybody’s act ends its stream with the next heartbeat', async () => {
  const { open, write, sessionId, hub } = await start({ heartbeatMillis: 50 })
  const { heard } = open()
  await until(() => heard.told.length === 1)
  await write((trx) =>
    trx
      .updateTable('sessions')
      .set({ expires_at: Date.now() - 1 })
      .where('id', '=', sessionId)
      .execute(),
  )
  await until(() => heard.ended.length === 1)
  expect([heard.ended, hub.size]).toEqual([['signed-out'], 0])
})

test('a stream whose session was ended while it was being opened ends at once', async () => {
  const { open, write, sessionId } = await start()
  await write((trx) => trx.updateTable('sessions').set({ ended_at: Date.now() }).where('id', '=', sessionId).execute())
  const { heard } = open()
  await until(() => heard.ended.length === 1)
  expect(heard).toEqual({ told: [], beats: 0, ended: ['signed-out'] })
})

test('a read of the feed that fails loses nothing: the next one brings it', async () => {
  let failing = false
  const failures: unknown[] = []
  const read: typeof changesAfter = (...asked) => (failing ? Promise.reject(new Error('the database is away')) : changesAfter(...asked))
  const { open, change, ada } = await start({ read, onFailure: (error) => failures.push(error) })
  const { heard } = open()
  await until(() => heard.told.length === 1)
  failing = true
  await change()
  await until(() => failures.length >= 2)
  failing = false
  await until(() => heard.told.length === 2)
  expect(heard.told[1]).toMatchObject({ reload: false, changes: [{ kind: 'account', subjectId: ada.userId }] })
})

test('a server that stops tells its streams to come back, and takes no more', async () => {
  const { open, hub } = await start()
  const { heard } = open()
  await until(() => heard.told.length === 1)
  hub.close()
  expect(heard.ended).toEqual(['restart'])
  expect(open).toThrow(/connect again/)
})

test('changes while a stream catches up are neither lost nor out of order', async () => {
  const { open, change, hub } = await start({ pollMillis: 1 })
  const first = open()
  await until(() => first.heard.told.length === 1)
  const writing = (async () => {
    for (let each = 0; each < 60; each++) await change()
  })()
  const late = Array.from({ length: 10 }, open)
  await writing
  await change()
  const last = async () => {
    await until(() => new Set([first, ...late].map(({ heard }) => heard.told.at(-1)?.position)).size === 1)
  }
  await last()
  for (const { heard } of late) expect(heard.told.slice(1).every(({ reload }) => !reload)).toBe(true)
  expect(hub.size).toBe(11)
})
