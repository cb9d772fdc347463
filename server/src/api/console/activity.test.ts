import { expect, test } from 'vitest'
import { record } from '../../audit/record.ts'
import { createUsers } from '../../scim/testing-server.ts'
import { type Console, get, post, startConsole } from './testing-console.ts'

const path = '/api/v1/activity'
const actions = (answer: { body: { entries: { action: string }[] } }) => answer.body.entries.map(({ action }) => action)

async function download({ origin }: Console, token: string, query: string) {
  const answer = await fetch(`${origin}${path}/export?${query}`, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

test('the activity is filtered by actor, action, subject and time, and pages', async () => {
  const { ada, mia, scim } = await startConsole()
  const before = Date.now()
  const [grace = ''] = await createUsers(scim, 'grace@example.com', 'joan@example.com')
  await post(ada, `/api/v1/users/${grace}/lock`)
  await post(ada, `/api/v1/users/${grace}/unlock`)
  const actor = `user:${ada.userId}`
  expect(actions(await get(ada, path, { actor }))).toEqual(['user.unlocked', 'user.locked', 'session.started'])
  expect(actions(await get(ada, path, { action: 'user.created', subject: grace }))).toEqual(['user.created'])
  const ofGrace = await get(ada, path, { subject: grace })
  expect(ofGrace.body.entries.at(-1)).toMatchObject({
    action: 'user.created',
    actor: { kind: 'directory', name: 'Node 1' },
    subject: { kind: 'user', id: grace, name: 'grace@example.com' },
  })
  expect(actions(await get(ada, path, { subject: grace, to: before }))).toEqual([])
  const all = (await get(ada, path)).body.entries
  const first = (await get(ada, path, { limit: 3 })).body
  const rest = (await get(ada, path, { after: first.next })).body
  expect([...first.entries, ...rest.entries]).toEqual(all)
  expect(rest.next).toBeNull()
  expect((await get(mia, path)).status).toBe(403)
})

test('who administers a node sees what took place there, and nothing of elsewhere', async () => {
  const { ada, oscar, mia, scim, person, otherNodeId } = await startConsole()
  const [grace = ''] = await createUsers(scim, 'grace@example.com')
  const kay = await person('kay@example.com', { nodeId: otherNodeId })
  await post(ada, `/api/v1/users/${kay.userId}/lock`)
  await post(ada, `/api/v1/users/${grace}/lock`)
  const seen = (await get(oscar, path)).body.entries
  const subjects = new Set(
    seen.map(({ subject }: { subject: { name: string | null } }) => subject.name).filter((name: string | null) => name !== null),
  )
  expect([...subjects].toSorted()).toEqual(['Other', 'kay@example.com'])
  // Sessions of people of the node, and of nobody else.
  const actors = new Set(seen.map(({ actor }: { actor: { name: string | null } }) => actor.name))
  expect(actors.has('mia@example.com')).toBe(false)
  for (const query of [{ subject: grace }, { actor: `user:${mia.userId}` }, { action: 'enterprise.created' }]) {
    expect((await get(oscar, path, query)).body.entries).toEqual([])
  }
  expect(actions(await get(oscar, path, { action: 'user.locked' }))).toEqual(['user.locked'])
  expect(actions(await get(ada, path, { action: 'enterprise.created' }))).toEqual(['enterprise.created'])
})

test('the activity is exported whole as JSON lines or CSV, of the nodes of who asks', async () => {
  const server = await startConsole()
  const { ada, oscar, mia, enterpriseId, write, nodeId } = server
  const entry = { enterpriseId, at: Date.now(), actor: 'test', action: 'node.added', subjectKind: 'node', subjectId: 'x', nodeId } as const
  await write(async (trx) => {
    for (let i = 0; i < 1_203; i++) await record(trx, { ...entry, detail: { i } })
  })
  const lines = await download(server, ada.token, 'format=jsonl&action=node.added')
  expect(lines.headers.get('content-disposition')).toMatch(/^attachment; filename="claviger-activity-\d{4}-\d\d-\d\d\.jsonl"$/)
  const rows = lines.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows.flatMap(({ detail }) => (detail.i === undefined ? [] : [detail.i]))).toEqual(Array.from({ length: 1_203 }, (_, i) => i))
  const csv = await download(server, ada.token, 'format=csv')
  expect(csv.headers.get('content-type')).toContain('text/csv')
  const [header, ...cells] = csv.text.trimEnd().split('\r\n')
  expect(header).toBe('id,at,actor,actorName,action,subjectKind,subjectId,subjectName,detail')
  expect(cells.length).toBeGreaterThan(1_203)
  expect((await download(server, oscar.token, 'format=csv&action=node.added')).text.trimEnd().split('\r\n')).toHaveLength(2)
  expect((await download(server, mia.token, 'format=csv')).status).toBe(403)
  expect((await download(server, '', 'format=csv')).status).toBe(401)
  expect((await download(server, ada.token, 'format=xls')).status).toBe(400)
})

test('a spreadsheet that opens the export runs nothing of it', async () => {
  const server = await startConsole()
  const { ada, enterpriseId, write } = server
  const names = ['=1+1', '+cmd', '-2', '@SUM(A1)', '\t=1', 'plain, "quoted"']
  await write(async (trx) => {
    for (const actor of names) {
      await record(trx, { enterpriseId, at: 0, actor, action: 'log.appended', subjectKind: 'enterprise', subjectId: 'none' })
    }
  })
  const { text } = await download(server, ada.token, 'format=csv')
  for (const name of names.slice(0, 4)) {
    expect(text).toContain(`,'${name},`)
    expect(text).not.toContain(`,${name}`)
  }
  expect(text).toContain("'\t=1")
  expect(text).toContain('"plain, ""quoted"""')
})
