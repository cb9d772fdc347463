import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createUsers, oktaGroup, oktaUser, patchOf } from '../../scim/testing-server.ts'
import { get, startConsole } from './testing-console.ts'

const path = '/api/v1/provisioning-log'
const operations = (answer: { body: { entries: { operation: string }[] } }) => answer.body.entries.map(({ operation }) => operation)

test('the provisioning log is filtered by node, user, operation, result and time, newest first', async () => {
  const { ada, oscar, mia, scim, nodeId, otherNodeId, addMethod, log } = await startConsole()
  const start = Date.now()
  const [grace = ''] = await createUsers(scim, 'grace@example.com', 'joan@example.com')
  await scim('/Users', { body: oktaUser('no address') })
  await scim('/Groups', { body: oktaGroup('Engineering', [grace]) })
  const other = await addMethod({ nodeId: otherNodeId })
  await scim(`${other.base}/Users`, { token: other.token, body: oktaUser('kay@example.com') })
  await log(4)

  const all = await get(ada, path)
  expect(operations(all)).toEqual(['user.create', 'team.create', 'user.create', 'user.create', 'user.create'])
  expect(all.body.entries[0]).toMatchObject({
    nodeId: otherNodeId,
    nodeName: 'Other',
    result: 'ok',
    subject: { kind: 'user', name: 'kay@example.com' },
  })
  expect(operations(await get(ada, path, { node: nodeId, operation: 'user.create' }))).toHaveLength(3)
  expect(operations(await get(ada, path, { user: grace }))).toEqual(['user.create'])
  const failed = await get(ada, path, { result: 'failed' })
  expect(failed.body.entries).toMatchObject([{ status: 400, result: 'failed', summary: 'Refused: nothing was changed.' }])
  expect(failed.body.entries[0].detail).toContain('Application username format')
  expect(operations(await get(ada, path, { result: 'ok' }))).toHaveLength(4)
  expect(operations(await get(ada, path, { to: start }))).toEqual([])
  expect(operations(await get(ada, path, { from: start, to: Date.now() + 1000 }))).toHaveLength(5)

  const first = await get(ada, path, { limit: 2 })
  const second = await get(ada, path, { limit: 3, before: first.body.next })
  expect([...first.body.entries, ...second.body.entries]).toEqual(all.body.entries)
  expect(second.body.next).toBeNull()

  expect((await get(oscar, path)).body.entries).toMatchObject([{ subject: { name: 'kay@example.com' } }])
  expect((await get(oscar, path, { user: grace })).body.entries).toEqual([])
  expect((await get(oscar, path, { node: nodeId })).status).toBe(403)
  expect((await get(mia, path)).status).toBe(403)
})

test('who follows the log misses nothing and hears nothing twice, though lines about reads come late', async () => {
  const { ada, scim } = await startConsole()
  const seen: string[] = []
  let { follow } = (await get(ada, path)).body
  const look = async () => {
    const { body } = await get(ada, path, { after: follow, limit: 3 })
    follow = body.follow
    seen.push(...body.entries.map(({ id }: { id: string }) => id))
  }
  for (let i = 0; i < 4; i++) {
    // The line of the read waits a moment; that of the write, made later, does not.
    await scim('/Users?count=1')
    await createUsers(scim, `follow${i}@example.com`)
    await look()
    await sleep(300)
  }
  await expect.poll(() => look().then(() => seen.length), { timeout: 10_000 }).toBe(8)
  expect(new Set(seen).size).toBe(8)
  expect(seen).toEqual(seen.toSorted())
})

test('story 8: names of people are in no answer, wherever the directory put them, until the setting shows them', async () => {
  const { ada, scim, write, nodeId, log } = await startConsole()
  const person = {
    name: { givenName: 'Zephyrine', familyName: 'Quillfeather', formatted: 'Zephyrine Quillfeather' },
    displayName: 'Zephyrine Q',
    nickName: 'Zephy',
  }
  const { body: created } = await scim('/Users', { body: oktaUser('z@example.com', person) })
  const update = (...operations: unknown[]) => scim(`/Users/${created.id}`, { method: 'PATCH', body: patchOf(...operations) })
  await update({ op: 'replace', path: 'name.familyName', value: 'Quillfeather-Zephyr' })
  await update({ op: 'Replace', Path: 'displayName', Value: 'Zephyrine' })
  await update({ op: 'add', value: { 'name.givenName': 'Zephyrine', 'urn:ietf:params:scim:schemas:core:2.0:User:nickName': 'Zephy' } })
  await update({ op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:name', value: { givenName: 'Zephyrine' } })
  await update({ op: 'remove', path: 'emails[display eq "Zephyrine"].type' })
  await scim(`/Users?filter=${encodeURIComponent('name.familyName eq "Quillfeather"')}`)
  await scim('/Users/.search', {
    body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter: 'displayName eq "Zephyrine"' },
  })
  await scim('/Users', { body: oktaUser('long@example.com', { ...person, title: 'x'.repeat(20_000) }) })
  await scim('/Groups', { body: { ...oktaGroup('Quality'), members: [{ value: created.id, display: 'Zephyrine' }] } })
  await log(10)
  const pages = [
    '/api/v1/users',
    `/api/v1/users/${created.id}`,
    `/api/v1/users/${created.id}/teams`,
    `/api/v1/users/${created.id}/timeline`,
    '/api/v1/search?q=z',
    '/api/v1/teams',
    '/api/v1/nodes',
    `/api/v1/nodes/${nodeId}`,
    '/api/v1/overview',
    '/api/v1/methods',
    '/api/v1/activity',
    '/api/v1/pending',
    path,
    `${path}?user=${created.id}`,
  ]
  const bytes = async () => (await Promise.all(pages.map(async (page) => JSON.stringify(await get(ada, page))))).join('\n')
  const hidden = await bytes()
  expect(hidden).not.toMatch(/zephy|quillfeather/i)
  expect(hidden, 'what is no name stays').toContain('z@example.com')
  expect(hidden).toContain('Quality')

  await write((trx) => trx.updateTable('enterprises').set({ show_names: 1 }).execute())
  expect(await bytes()).toMatch(/zephyrine quillfeather/i)
  const shown = (await get(ada, '/api/v1/users', { search: 'z@' })).body.users[0]
  expect(shown.name).toMatch(/^Zephyrine/)
})
