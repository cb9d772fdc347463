import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { signOut } from '@claviger/client/account/sign-out.ts'
import { call } from '@claviger/client/api/call.ts'
import { type FollowOptions, followChanges } from '@claviger/client/changes/follow.ts'
import { outcome } from '@claviger/client/keys/testing-enterprise.ts'
import { refreshLog } from '@claviger/client/log/follow.ts'
import { lockUser } from '@claviger/contract/api/administration.ts'
import { type Changes, eventsPath, type FeedPosition, readChanges } from '@claviger/contract/api/changes.ts'
import { announce, type ChangeKind } from '@claviger/server/storage/changes.ts'
import { closeDatabase, openDatabase } from '@claviger/server/storage/open.ts'
import { freePort } from 'claviger/src/free-port.ts'
import { expect, onTestFinished, test } from 'vitest'
import { listen, type TestApi } from './api-server.ts'
import { approve, shareFolderWith, startApprovals } from './approval-scene.ts'
import { certify } from './certify.ts'

/** Somebody who follows, and what they heard. */
interface Following {
  readonly heard: Changes[]
  /** How it ended: the code of a refusal, or 'accepted' where it was told to stop. */
  readonly ended: Promise<string>
  hears(kind: string, id: string): Promise<void>
  stop(): void
}

const QUICK: FollowOptions = { firstPauseMillis: 20 }

function follow(account: Pick<OpenAccount, 'connection'>, options = QUICK, after: FeedPosition | null = null): Following {
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const heard: Changes[] = []
  const ended = outcome(() => followChanges(account.connection, after, (changes) => void heard.push(changes), stopping.signal, options))
  return {
    heard,
    ended,
    stop: () => stopping.abort(),
    hears: (kind, id) => until(() => told(heard).includes(`${kind} ${id}`)),
  }
}

function told(heard: readonly Changes[]): string[] {
  return heard.flatMap(({ changes }) => changes.map(({ kind, id }) => `${kind} ${id}`))
}

async function until(what: () => boolean) {
  for (const end = Date.now() + 15_000; !what(); await sleep(10)) if (Date.now() > end) throw new Error('it did not come to pass')
}

/** A fetch whose streams can be broken, and kept away for a while. */
function breakable() {
  const open = new Set<AbortController>()
  const line = { isCut: false, tries: 0, refusals: 0 }
  const through: typeof fetch = async (input, init) => {
    if (!String(input).includes(eventsPath)) return fetch(input, init)
    line.tries++
    if (line.isCut) throw new TypeError('the line is cut')
    const breaking = new AbortController()
    open.add(breaking)
    const response = await fetch(input, { ...init, signal: AbortSignal.any([breaking.signal, ...(init?.signal ? [init.signal] : [])]) })
    if (!response.ok) line.refusals++
    return response
  }
  const cut = () => {
    line.isCut = true
    for (const breaking of open) breaking.abort()
  }
  const mend = () => {
    line.isCut = false
  }
  return { through, line, cut, mend }
}

const overFetch = (account: OpenAccount, through: typeof fetch) => ({ connection: { ...account.connection, fetch: through } })

function changing({ write, enterpriseId }: TestApi) {
  return (kind: ChangeKind, subjectId: string) => write((trx) => announce(trx, { enterpriseId, kind, subjectId, at: Date.now() }))
}

/** Another server process on the same store. */
async function another({ location }: TestApi): Promise<string> {
  const db = await openDatabase(location)
  onTestFinished(() => closeDatabase(db))
  const origin = `http://127.0.0.1:${await freePort()}`
  await listen(db, origin)
  return origin
}

test('members hear of their own team and its folders and of the log, and nothing of others’', async () => {
  const { api, ada, person, pushTeam, addTo } = await startApprovals()
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  await certify(ada, grace, joan, lee)
  const [hers, theirs] = [await pushTeam('Hers', grace), await pushTeam('Theirs', joan)]
  await approve(ada)
  const [toGrace, toAda] = [follow(grace), follow(ada)]
  await until(() => toGrace.heard.length > 0 && toAda.heard.length > 0)
  expect(toGrace.heard[0]).toMatchObject({ reload: true, changes: [] })
  await Promise.all([refreshLog(joan), refreshLog(grace)])
  const others = await shareFolderWith(theirs, joan)
  await addTo(theirs, lee)
  await approve(joan)
  const own = await shareFolderWith(hers, grace)
  await addTo(hers, lee)
  await approve(ada)
  await changing(api)('log', api.enterpriseId)
  await Promise.all([toGrace, toAda].map((each) => each.hears('log', api.enterpriseId)))
  await Promise.all([toGrace.hears('team', hers), toGrace.hears('folder', own.folderId), toAda.hears('team', theirs)])
  const about = JSON.stringify(toGrace.heard)
  for (const id of [theirs, others.folderId, joan.owner.userId, lee.owner.userId]) expect(about).not.toContain(id)
})

test('a connection that breaks is made anew where it stopped, and nothing that came meanwhile is lost', async () => {
  const { api, ada } = await startApprovals()
  const change = changing(api)
  const { through, line, cut, mend } = breakable()
  const following = follow(overFetch(ada, through))
  await until(() => following.heard.length > 0)
  await change('folder', ada.owner.userId)
  await following.hears('folder', ada.owner.userId)
  for (let round = 0; round < 3; round++) {
    cut()
    const before = line.tries
    await change('account', ada.owner.userId)
    await change('node', `${round}`)
    await until(() => line.tries > before + 1)
    mend()
    await following.hears('node', `${round}`)
  }
  expect(told(following.heard).filter((each) => each === `account ${ada.owner.userId}`)).toHaveLength(3)
  expect(following.heard.filter(({ reload }) => reload)).toHaveLength(1)
  following.stop()
  expect(await following.ended).toBe('accepted')
})

test('who comes back with a position hears what came since, and who stayed away for too long is told to load everything', async () => {
  const { api, ada } = await startApprovals()
  const { position } = await call(ada.connection, readChanges, {})
  await changing(api)('node', 'meanwhile')
  const back = follow(ada, QUICK, position)
  await back.hears('node', 'meanwhile')
  expect(back.heard.map(({ reload }) => reload)).not.toContain(true)
  await api.write((trx) => trx.deleteFrom('changes').execute())
  const late = follow(ada, QUICK, position)
  await until(() => late.heard.length > 0)
  expect(late.heard[0]).toMatchObject({ reload: true })
})

test('a server that falls silent without closing is left for a new connection', async () => {
  const { api, ada } = await startApprovals()
  let silent = 0
  const first: typeof fetch = async (input, init) => {
    if (!String(input).includes(eventsPath) || silent++ > 0) return fetch(input, init)
    const body = new ReadableStream({
      start(controller) {
        init?.signal?.addEventListener('abort', () => controller.error(new TypeError('aborted')))
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  const following = follow(overFetch(ada, first), { firstPauseMillis: 20, silenceMillis: 300 })
  await until(() => following.heard.length > 0)
  await changing(api)('node', 'after')
  await following.hears('node', 'after')
})

test('what the reader of changes throws ends the following, and stopping leaves no connection open', async () => {
  const { ada } = await startApprovals()
  const failing = () => {
    throw new RangeError('the screen broke')
  }
  await expect(followChanges(ada.connection, null, failing, new AbortController().signal, QUICK)).rejects.toThrow('the screen broke')
  // Streams that were let go of do not count against the bound.
  for (let each = 0; each < 30; each++) {
    const following = follow(ada)
    await until(() => following.heard.length > 0)
    following.stop()
    expect(await following.ended).toBe('accepted')
  }
})

test('a sign-out and a lock end the following within seconds, on another process of the same store too', async () => {
  const { api, ada, person } = await startApprovals()
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  const origin = await another(api)
  const there = ({ connection }: OpenAccount) => follow({ connection: { ...connection, origin } })
  const [left, locked, stays] = [
    [follow(grace), there(grace)],
    [follow(joan), there(joan)],
    [follow(lee), there(lee)],
  ]
  await until(() => [...left, ...locked, ...stays].every(({ heard }) => heard.length > 0))
  const began = Date.now()
  await signOut(grace)
  await call(ada.connection, lockUser, { user: joan.owner.userId })
  expect(await Promise.all([...left, ...locked].map(({ ended }) => ended))).toEqual(Array(4).fill('signed_out'))
  expect(Date.now() - began).toBeLessThan(4000)
  expect(await outcome(() => followChanges(joan.connection, null, () => {}, new AbortController().signal))).toBe('unauthenticated')
  await changing(api)('account', lee.owner.userId)
  await Promise.all(stays.map((each) => each.hears('account', lee.owner.userId)))
})

test('who has as many streams as one may have waits for room, and does not fail', async () => {
  const { ada } = await startApprovals()
  const streams = Array.from({ length: 20 }, () => follow(ada))
  await until(() => streams.every(({ heard }) => heard.length > 0))
  const { through, line } = breakable()
  const more = follow(overFetch(ada, through))
  await until(() => line.refusals === 1)
  await sleep(100)
  // Told when to come back, it does not ask again at once.
  expect([line.tries, more.heard.length]).toEqual([1, 0])
  more.stop()
  expect(await more.ended).toBe('accepted')
})

// SQLite has one writer, so nothing can commit late there.
if (process.env['TEST_STORE'] === 'postgres') {
  test('a change that is committed late reaches a client that has gone on meanwhile', async () => {
    const { api, ada } = await startApprovals()
    const following = follow(ada)
    await until(() => following.heard.length > 0)
    const [mayFinish, hasStarted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const late = api.write(async (trx) => {
      await announce(trx, { enterpriseId: api.enterpriseId, kind: 'node', subjectId: 'late', at: Date.now() })
      hasStarted.resolve()
      await mayFinish.promise
    })
    await hasStarted.promise
    await changing(api)('node', 'early')
    await sleep(700)
    mayFinish.resolve()
    await late
    await Promise.all([following.hears('node', 'late'), following.hears('node', 'early')])
  })
}
