import { NodeId } from '@claviger/contract/ids.ts'
import { expect, test } from 'vitest'
import { placeNames, type TreeNode, treeRows } from './tree-rows.ts'

function node(place: number, parent: number | null, name: string): TreeNode {
  const [nodeId, parentId] = [idOf(place), parent === null ? null : idOf(parent)]
  const counts = { users: { invited: 0, active: 0, locked: 0 }, teams: { pending: 0, active: 0, archived: 0 } }
  return { nodeId, parentId, name, isRoot: parentId === null, createdAt: 0, ...counts, method: null, rights: ['read'] }
}

const idOf = (place: number) => NodeId.parse(`00000000-0000-7000-8000-00000000000${place}`)
const [root, sales, engineering] = [0, 1, 2]
const tree = [
  node(root, null, 'Root'),
  node(sales, root, 'Sales'),
  node(engineering, root, 'Engineering'),
  node(3, engineering, 'Berlin'),
  node(4, sales, 'Oslo'),
]
const drawn = (closed: number[], search = '') =>
  treeRows(tree, new Set(closed.map(idOf)), search).map(
    ({ node: { name }, level, isOpen }) => `${'-'.repeat(level)}${name}${isOpen === false ? '+' : ''}`,
  )

test('the tree shows nodes by name under their parents, and nothing under a closed one', () => {
  expect(drawn([])).toEqual(['-Root', '--Engineering', '---Berlin', '--Sales', '---Oslo'])
  expect(drawn([engineering])).toEqual(['-Root', '--Engineering+', '--Sales', '---Oslo'])
  expect(treeRows(tree, new Set(), '')[3]).toMatchObject({ level: 2, position: 2, siblings: 2, isOpen: true })
})

test('a search finds nodes in closed ones too, shows the way to them, and nothing beside it', () => {
  expect(drawn([sales, root], ' osl')).toEqual(['-Root', '--Sales', '---Oslo'])
  expect(drawn([], 'nowhere')).toEqual([])
})

test('two nodes of one name are told apart by where they are', () => {
  expect(placeNames(tree).get(idOf(4))).toBe('Root / Sales / Oslo')
})
