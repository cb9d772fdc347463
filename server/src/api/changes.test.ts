import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { patchOf } from '../scim/testing-server.ts'
import { endSessions } from '../sessions/sessions.ts'
import { announce, type ChangeKind } from '../storage/changes.ts'
import { feedSettled } from '../storage/testing-feed.ts'
import { write } from '../storage/write.ts'
import { listen, startPeople, type TestStream, told } from './testing-people.ts'

const isOpen = (stream: TestStream) => stream.events.length > 0
const hears = (change: string) => (stream: TestStream) => told(stream).includes(change)

async function start() {
  const people = await startPeople()
  const change = (kind: ChangeKind, subjectId: string) =>
    people.write((trx) => announce(trx, { enterpriseId: people.enterpriseId, kind, subjectId, at: Date.now() }))
  const settled = () => feedSettled(people.db, people.enterpriseId)
  /** A stream that begins here: after all that made the people. */
  const listenFromHere = async (token: string) => {
    await settled()
    return listen(people.origin, token)
  }
  return { ...people, change, settled, listenFromHere }
}

test('a stream needs a session, says where it begins, and brings what changes within a second', async () => {
  const { person, origin, change } = await start()
  expect((await listen(origin, 'cs_nobody')).status).toBe(401)
  const ada = await person('ada@example.com')
  const stream = await listen(origin, ada.token)
  await stream.until(isOpen)
  expect(stream.events[0]).toMatchObject({ event: 'changes', data: { reload: true, changes: [] } })
  const before = Date.now()
  await change('account', ada.userId)
  await stream.until(hears(`account ${ada.userId}`))
  expect(Date.now() - before).toBeLessThan(2000)
})

test('members hear of themselves, their teams and folders and the log, and of nobody else', async () => {
  const { person, team, listenFromHere, change, enterpriseId, write: writing } = await start()
  const [ada, ben, eve] = [await person('ada@example.com'), await person('ben@example.com'), await person('eve@example.com')]
  const [hers, theirs] = [await team('Hers', [ada], { pending: [eve] }), await team('Theirs', [ben])]
  const [shared, personal, others] = ['folder-a', 'folder-b', 'folder-c']
  await writing(async (trx) => {
    const folder = {
      enterprise_id: enterpriseId,
      name: '',
      version: 1,
      key_epoch: 1,
      rotation_due: 0,
      revision: 1,
      created_at: 1,
      deleted_at: null,
    } as const
    const access = { grantee_epoch: 1, folder_epoch: 1, role: 'view', key_grant: '', created_at: 1 } as const
    for (const id of [shared, personal, others])
      await trx
        .insertInto('folders')
        .values({ ...folder, id, owner_id: ben.userId })
        .execute()
    await trx
      .insertInto('folder_access')
      .values({ ...access, folder_id: shared, grantee_kind: 'team', grantee_id: hers })
      .execute()
    await trx
      .insertInto('folder_access')
      .values({ ...access, folder_id: personal, grantee_kind: 'user', grantee_id: ada.userId })
      .execute()
    await trx
      .insertInto('folder_access')
      .values({ ...access, folder_id: others, grantee_kind: 'owner', grantee_id: ben.userId })
      .execute()
  })
  const streams = await Promise.all([ada, eve].map(({ token }) => listenFromHere(token)))
  const [toAda, toEve] = streams
  if (!toAda || !toEve) throw new Error('no streams')
  await Promise.all(streams.map((stream) => stream.until(isOpen)))
  const all = [`team ${hers}`, `team ${theirs}`, `user ${ben.userId}`, `account ${ben.userId}`, `invitation ${ben.userId}`].concat([
    `folder ${shared}`,
    `folder ${personal}`,
    `folder ${others}`,
    `node ${enterpriseId}`,
    `method m`,
    'automator a',
  ])
  for (const [kind, id] of all.map((each) => each.split(' '))) await change(kind as ChangeKind, id ?? '')
  await change('log', enterpriseId)
  await Promise.all(streams.map((stream) => stream.until(hears(`log ${enterpriseId}`))))
  expect(told(toAda).toSorted()).toEqual([`folder ${personal}`, `folder ${shared}`, `log ${enterpriseId}`, `team ${hers}`].toSorted())
  // Not admitted yet: the team is hers to wait for, its folders are not.
  expect(told(toEve).toSorted()).toEqual([`log ${enterpriseId}`, `team ${hers}`])
})

test('who is taken off a team by the directory hears that, though the team is theirs no more', async () => {
  const { person, team, listenFromHere, scim } = await start()
  const [ada, ben, eve] = [await person('ada@example.com'), await person('ben@example.com'), await person('eve@example.com')]
  const teamId = await team('Team', [ada, ben], { pending: [eve] })
  const streams = await Promise.all([ada, ben, eve].map(({ token }) => listenFromHere(token)))
  await Promise.all(streams.map((stream) => stream.until(isOpen)))
  const removal = patchOf(
    { op: 'remove', path: `members[value eq "${ada.userId}"]` },
    { op: 'remove', path: `members[value eq "${eve.userId}"]` },
  )
  expect((await scim(`/Groups/${teamId}`, { method: 'PATCH', body: removal })).status).toBe(204)
  await streams[0]?.until(hears(`account ${ada.userId}`))
  await streams[2]?.until(hears(`account ${eve.userId}`))
  await streams[1]?.until(hears(`team ${teamId}`))
  expect(streams.map(told)).toEqual([[`account ${ada.userId}`], [`team ${teamId}`], [`account ${eve.userId}`]])
})

test('administrators hear of the nodes under their roles, and of no others', async () => {
  const { person, team, listenFromHere, change, enterpriseId, node, rootNodeId } = await start()
  const [north, south] = [await node('North'), await node('South')]
  const inner = await node('Inner', north)
  const full = await person('full@example.com', { nodeId: rootNodeId, roles: [[rootNodeId, 'full']] })
  const local = await person('local@example.com', { nodeId: rootNodeId, roles: [[north, 'read-only']] })
  const [near, far] = [await person('near@example.com', { nodeId: inner }), await person('far@example.com', { nodeId: south })]
  const [teamNear, teamFar] = [await team('Near', [], { nodeId: inner }), await team('Far', [], { nodeId: south })]
  const [toFull, toLocal] = [await listenFromHere(full.token), await listenFromHere(local.token)]
  await Promise.all([toFull, toLocal].map((stream) => stream.until(isOpen)))
  for (const { userId } of [near, far]) await change('user', userId)
  for (const id of [teamNear, teamFar]) await change('team', id)
  await change('log', enterpriseId)
  await Promise.all([toFull, toLocal].map((stream) => stream.until(hears(`log ${enterpriseId}`))))
  const ofNear = [`team ${teamNear}`, `user ${near.userId}`, `log ${enterpriseId}`]
  expect(told(toLocal).toSorted()).toEqual(ofNear.toSorted())
  expect(told(toFull).toSorted()).toEqual([...ofNear, `team ${teamFar}`, `user ${far.userId}`].toSorted())
})

test('Sync gives the same, page by page, and says where it cannot know what came before', async () => {
  const { person, change, settled, rootNodeId, write: writing } = await start()
  const ada = await person('ada@example.com')
  await settled()
  const first = (await ada.ask('/api/v1/changes')).body
  expect(first).toMatchObject({ reload: true, changes: [], more: false })
  const { position } = first as { position: string }
  await change('account', ada.userId)
  await change('node', rootNodeId)
  await settled()
  const second = (await ada.ask(`/api/v1/changes?after=${position}`)).body
  expect(second).toMatchObject({ reload: false, changes: [{ kind: 'account', id: ada.userId }], more: false })
  await writing((trx) => trx.deleteFrom('changes').execute())
  expect((await ada.ask(`/api/v1/changes?after=${position}`)).body).toMatchObject({ reload: true })
  expect((await ada.ask('/api/v1/changes?after=99999999999999999999.1')).body).toMatchObject({ reload: true })
  expect((await ada.ask('/api/v1/changes?after=x')).status).toBe(400)
})

test('a stream that begins at a position brings what came since, once and in order', async () => {
  const { person, origin, change, settled } = await start()
  const ada = await person('ada@example.com')
  await settled()
  const stream = await listen(origin, ada.token)
  await stream.until(isOpen)
  const after = stream.events[0]?.data.position
  stream.leave()
  await change('account', ada.userId)
  await change('user', ada.userId)
  const again = await listen(origin, ada.token, after)
  await again.until((now) => told(now).length === 2)
  expect(again.events[0]?.data.reload).toBe(false)
  expect(told(again)).toEqual([`account ${ada.userId}`, `user ${ada.userId}`])
})

test('a directory’s lock ends sessions and streams on every process at once', async () => {
  const { person, origin, startAnother, scim } = await start()
  const [ada, ben] = [await person('ada@example.com'), await person('ben@example.com')]
  const other = await startAnother()
  const streams = await Promise.all([listen(origin, ada.token), listen(other, ada.token), listen(other, ben.token)])
  await Promise.all(streams.map((stream) => stream.until(isOpen)))
  const before = Date.now()
  expect((await scim(`/Users/${ada.userId}`, { method: 'PATCH', body: patchOf({ op: 'replace', value: { active: false } }) })).status).toBe(
    200,
  )
  expect((await ada.ask('/api/v1/changes')).status).toBe(401)
  await Promise.all(streams.slice(0, 2).map(({ ended }) => ended))
  expect(Date.now() - before).toBeLessThan(3000)
  expect(streams.map((stream) => stream.events.at(-1)?.event)).toEqual(['end', 'end', 'changes'])
  expect(streams[0]?.events.at(-1)?.data.reason).toBe('signed-out')
  expect((await ben.ask('/api/v1/changes')).status).toBe(200)
})

test('signing out ends the streams of that session and leaves those of others', async () => {
  const { person, signIn, origin, enterpriseId, write: writing, db } = await start()
  const ada = await person('ada@example.com')
  const again = await signIn(ada.userId, ada.email)
  const [first, second] = [await listen(origin, ada.token), await listen(origin, again.token)]
  await Promise.all([first, second].map((stream) => stream.until(isOpen)))
  const [session] = await db.selectFrom('sessions').select('id').orderBy('id').execute()
  await writing((trx) => endSessions(trx, { userId: ada.userId, enterpriseId }, Date.now(), { sessionId: session?.id ?? '' }))
  await first.ended
  await second.until(hears(`account ${ada.userId}`))
  expect(second.events.map(({ event }) => event)).not.toContain('end')
})

test('nobody has more streams than twenty', async () => {
  const { person, origin } = await start()
  const ada = await person('ada@example.com')
  const streams = await Promise.all(Array.from({ length: 22 }, () => listen(origin, ada.token)))
  const taken = streams.filter(({ status }) => status === 200)
  expect([taken.length, streams.filter(({ status }) => status === 429).length]).toEqual([20, 2])
  taken[0]?.leave()
  for (let tries = 0; (await listen(origin, ada.token)).status !== 200; tries++) {
    expect(tries).toBeLessThan(100)
    await sleep(20)
  }
})

// SQLite has one writer, so nothing can commit late there.
const onPostgres = process.env['TEST_STORE'] === 'postgres'
if (onPostgres) {
  test('a change that is committed late arrives at a stream that has gone on meanwhile', async () => {
    const { person, origin, change, db, enterpriseId } = await start()
    const ada = await person('ada@example.com')
    const stream = await listen(origin, ada.token)
    await stream.until(isOpen)
    const [mayFinish, finish] = gate()
    const [hasStarted, started] = gate()
    const late = write(db, async (trx) => {
      await announce(trx, { enterpriseId, kind: 'user', subjectId: ada.userId, at: 1 })
      started()
      await mayFinish
    })
    await hasStarted
    await change('account', ada.userId)
    await sleep(700)
    finish()
    await late
    await stream.until(hears(`user ${ada.userId}`))
    await stream.until(hears(`account ${ada.userId}`))
  })
}

function gate(): [Promise<void>, () => void] {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return [opened, () => open()]
}
