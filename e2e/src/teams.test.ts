import { expect, test } from 'vitest'
import { startInstallation } from './installation.ts'

const people = ['ada@example.com', 'grace@example.com', 'joan@example.com']

async function withPeople() {
  const installation = await startInstallation()
  const method = await installation.addMethod('Staff')
  const okta = installation.connect(method)
  for (const userName of people) await okta.assign({ userName })
  return { ...installation, method, okta }
}

test('story 9: assigning people makes no team; pushing the group makes a pending one', async () => {
  const { teams, users, method, okta } = await withPeople()
  expect([(await users(method)).length, await teams(method)]).toEqual([3, []])
  expect((await okta.pushGroup({ name: 'Engineering', members: [] })).ok).toBe(true)
  expect(await teams(method)).toMatchObject([{ name: 'Engineering', status: 'pending', members: [] }])
})

test('story 11: a pushed member is pending', async () => {
  const { teams, method, okta } = await withPeople()
  await okta.pushGroup({ name: 'Engineering', members: people })
  const [team] = await teams(method)
  expect(team?.members.toSorted((a, b) => a.email.localeCompare(b.email))).toEqual(people.map((email) => ({ email, status: 'pending' })))
})

test('story 13: who is removed from the pushed group is off the team; deleting the group archives the team', async () => {
  const { teams, users, log, method, okta } = await withPeople()
  await okta.pushGroup({ name: 'Engineering', members: people })
  expect((await okta.removeMembers('Engineering', ['grace@example.com'])).ok).toBe(true)
  expect((await teams(method))[0]?.members.map(({ email }) => email)).not.toContain('grace@example.com')
  expect((await okta.renameGroup('Engineering', 'Platform')).ok).toBe(true)
  expect(await teams(method)).toMatchObject([{ name: 'Platform' }])
  expect((await okta.unpushGroup('Platform')).ok).toBe(true)
  expect((await teams(method)).filter(({ status }) => status !== 'archived')).toEqual([])
  expect((await users(method)).every(({ teams: of }) => of.length === 0)).toBe(true)
  expect((await log(method)).at(-1)).toMatchObject({
    operation: 'team.archive',
    summary: expect.stringContaining('Archived team Platform'),
  })
})
