import { write } from '@claviger/server/storage/write.ts'
import { expect, test } from 'vitest'
import { addTeam, addUser, elementsOf, newInstallation, run, runJson, textAt } from './testing-command.ts'

test('teams are listed with their members, and each with the state of the membership', async () => {
  const { db, env, nodeId } = await newInstallation()
  const [ada, grace] = [await addUser(db, nodeId, 'ada@example.com'), await addUser(db, nodeId, 'grace@example.com')]
  const operations = await addTeam(db, nodeId, 'Operations', [ada.id, grace.id])
  const empty = await addTeam(db, nodeId, 'Empty "one"')
  await write(db, (trx) => trx.updateTable('memberships').set({ state: 'active' }).where('user_id', '=', grace.id).execute())
  await write(db, (trx) => trx.updateTable('teams').set({ status: 'active' }).where('id', '=', operations.id).execute())
  expect(await runJson(['teams', 'list', '--node', nodeId], { env })).toEqual([
    {
      id: operations.id,
      name: 'Operations',
      status: 'active',
      members: [
        { email: 'ada@example.com', status: 'pending' },
        { email: 'grace@example.com', status: 'active' },
      ],
    },
    { id: empty.id, name: 'Empty "one"', status: 'pending', members: [] },
  ])
  const { out } = await run(['teams', 'list', '--node', nodeId], { env })
  expect(out).toBe(`Operations (active)  ${operations.id}
  MEMBERSHIP  E-MAIL
  pending     ada@example.com
  active      grace@example.com

Empty "one" (pending)  ${empty.id}
  no members
`)
})

test('a node without teams is an empty list; plain words say where teams come from', async () => {
  const { env, nodeId } = await newInstallation()
  expect(await runJson(['teams', 'list', '--node', nodeId], { env })).toEqual([])
  expect((await run(['teams', 'list', '--node', nodeId], { env })).out).toContain('A team comes of a group that the directory pushes')
})

test('a team of several pages has every member once', async () => {
  const { db, env, nodeId } = await newInstallation()
  const emails = Array.from({ length: 1001 }, (_, i) => `user-${i}@example.com`)
  const users = await Promise.all(emails.map((email) => addUser(db, nodeId, email)))
  await addTeam(
    db,
    nodeId,
    'Everybody',
    users.map(({ id }) => id),
  )
  const teams = await runJson(['teams', 'list', '--node', nodeId], { env })
  const members = elementsOf(teams).flatMap((team) => elementsOf(Reflect.get(Object(team), 'members')))
  expect(members.map((member) => textAt(member, 'email')).toSorted()).toEqual(emails.toSorted())
})

test('the teams of a node that is not there are refused', async () => {
  const { env } = await newInstallation()
  expect(await run(['teams', 'list', '--node', 'nowhere', '--json'], { env })).toEqual({
    code: 1,
    out: '',
    err: 'error: no node nowhere\n',
  })
})
