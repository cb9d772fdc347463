import { expect, test } from 'vitest'
import { addUser, newInstallation, run, runJson } from './testing-command.ts'

test('a node is added under the root node, or under the one that is named', async () => {
  const { env, rootNodeId, nodeId } = await newInstallation()
  const added = await runJson(['node', 'add', '--name', 'Sales'], { env })
  expect(added).toEqual({ nodeId: expect.any(String) })
  await runJson(['node', 'add', '--name', 'Interns', '--parent', nodeId], { env })
  const nodes = await runJson(['node', 'list'], { env })
  expect(nodes).toMatchObject([
    { nodeId: rootNodeId, name: 'Example Ltd', parentId: null },
    { nodeId, name: 'Staff', parentId: rootNodeId },
    { name: 'Sales', parentId: rootNodeId },
    { name: 'Interns', parentId: nodeId },
  ])
})

test('the list in plain words shows where each node is and how many live in it', async () => {
  const { db, env, nodeId } = await newInstallation()
  await runJson(['node', 'add', '--name', 'Interns', '--parent', nodeId], { env })
  await addUser(db, nodeId, 'ada@example.com')
  const { out } = await run(['node', 'list'], { env })
  const [head, ...lines] = out.trimEnd().split('\n')
  expect(head?.split(/\s+/)).toEqual(['NODE', 'USERS', 'TEAMS', 'NAME'])
  expect(lines.map((line) => line.replace(/^\S+/, '').trim())).toEqual([
    '1      0      Example Ltd',
    '1      0      Example Ltd / Staff',
    '0      0      Example Ltd / Staff / Interns',
  ])
})

test('a node that is there already, or under one that is not, is refused', async () => {
  const { env } = await newInstallation()
  const twice = await run(['node', 'add', '--name', 'staff', '--json'], { env })
  expect(twice).toEqual({ code: 1, out: '', err: 'error: Example Ltd has a node named staff already: choose another name\n' })
  const nowhere = await run(['node', 'add', '--name', 'Sales', '--parent', 'nowhere'], { env })
  expect(nowhere).toEqual({ code: 1, out: '', err: 'error: no node nowhere\n' })
})
