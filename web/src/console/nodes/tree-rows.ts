import type { AnswerOf } from '../../worker/routes.ts'

export type TreeNode = AnswerOf<'listNodes'>['nodes'][number]
export type NodeId = TreeNode['nodeId']

/** A node as a line of the tree. */
export interface TreeRow {
  readonly node: TreeNode
  /** From 1. */
  readonly level: number
  /** Its place among the nodes beside it, from 1, and how many they are. */
  readonly position: number
  readonly siblings: number
  /** null where nothing is under it. */
  readonly isOpen: boolean | null
}

/**
 * The lines of the tree that are to be seen, from the topmost down, by name. A search shows the nodes whose names have it, and
 * the way to them; else what is under a closed node is left out.
 */
export function treeRows(nodes: readonly TreeNode[], closed: ReadonlySet<string>, search: string): TreeRow[] {
  const wanted = search.trim().toLowerCase()
  const shown = wanted === '' ? null : waysTo(nodes, ({ name }) => name.toLowerCase().includes(wanted))
  const visible = shown === null ? nodes : nodes.filter(({ nodeId }) => shown.has(nodeId))
  const children = Map.groupBy(visible, ({ parentId }) => parentId)
  const rows: TreeRow[] = []
  const add = (parentId: TreeNode['parentId'], level: number) => {
    const beside = (children.get(parentId) ?? []).toSorted((a, b) => a.name.localeCompare(b.name))
    for (const [index, node] of beside.entries()) {
      const isOpen = children.has(node.nodeId) ? shown !== null || !closed.has(node.nodeId) : null
      rows.push({ node, level, position: index + 1, siblings: beside.length, isOpen })
      if (isOpen === true) add(node.nodeId, level + 1)
    }
  }
  add(null, 1)
  return rows
}

/** These nodes and all above them. */
function waysTo(nodes: readonly TreeNode[], isWanted: (node: TreeNode) => boolean): ReadonlySet<string> {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  const ways = new Set<string>()
  for (const node of nodes.filter(isWanted)) {
    for (let at: TreeNode | undefined = node; at !== undefined && !ways.has(at.nodeId); ) {
      ways.add(at.nodeId)
      at = at.parentId === null ? undefined : byId.get(at.parentId)
    }
  }
  return ways
}

/** What a node is called among all: its name after those above it. */
export function placeNames(nodes: readonly TreeNode[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  // Parents come before their children.
  for (const { nodeId, parentId, name } of nodes) {
    const above = parentId === null ? undefined : names.get(parentId)
    names.set(nodeId, above === undefined ? name : `${above} / ${name}`)
  }
  return names
}
