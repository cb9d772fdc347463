import { NodeId } from '@claviger/contract/ids.ts'
import { expect, test } from 'vitest'
import { placeNames, type TreeNode, treeRows } from './tree-rows.ts'

function node(place: number, parent: number | null, name: string): TreeNode {
  const [nodeId, parentId] = [idOf(place), parent === null ? null : idOf(parent)]
  const counts = { users: { invited: 0, active: 0, locked: 0 }, teams: { pending: 0, active: 0, archived: 0 } }
  return { nodeId, parentId, name, isRoot: parentId === null, createdAt: 0, ...counts, method: null, rights: ['read'] }
}

const idOf = (place: number) => NodeId.parse(`00000000-0000-7000-8000-${String(place).padStart(12, '0')}`)
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

test('a thousand nodes are drawn, and searched, at once', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => node(index, index === 0 ? null : Math.floor((index - 1) / 10), `Node ${index}`))
  const begun = performance.now()
  expect(treeRows(many, new Set(), '')).toHaveLength(1_000)
  expect(treeRows(many, new Set(), 'node 999').map(({ node: { name } }) => name)).toEqual(['Node 0', 'Node 9', 'Node 99', 'Node 999'])
  // A frame is 16; the rest is for a busy machine.
  expect(performance.now() - begun).toBeLessThan(200)
})
