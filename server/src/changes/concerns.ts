import type { Change } from '../storage/changes.ts'
import type { Db } from '../storage/database.ts'
import { nodesOfReaders } from './nodes-of-readers.ts'
import type { Reader } from './reader.ts'
import { membersAmong, nodesOfSubjects, openersAmong } from './subjects.ts'

/** A change without what only the server needs to know of it. */
export type ToldChange = Pick<Change, 'kind' | 'subjectId'>

/**
 * Which of these changes each reader may hear of; readers of none are not in the map. Administrators hear of the users,
 * teams and methods of the nodes that they may read, members of themselves, their teams and the folders that they can open;
 * of the log and the enterprise everybody. It costs the same few reads for one reader and for a thousand.
 */
export async function concerning<R extends Reader>(
  db: Db,
  enterpriseId: string,
  changes: readonly Change[],
  readers: readonly R[],
): Promise<ReadonlyMap<R, ToldChange[]>> {
  const distinct = [...new Map(changes.map((change) => [`${change.kind} ${change.subjectId}`, change])).values()]
  const ids = (...kinds: Change['kind'][]) => distinct.filter(({ kind }) => kinds.includes(kind)).map(({ subjectId }) => subjectId)
  const people = [...new Set(readers.filter(({ kind }) => kind === 'user').map(({ id }) => id))]
  const [reach, nodes, members, openers] = await Promise.all([
    nodesOfReaders(db, enterpriseId, readers),
    nodesOfSubjects(db, { users: ids('user', 'account', 'invitation'), teams: ids('team'), methods: ids('method') }),
    membersAmong(db, ids('team'), people),
    openersAmong(db, ids('folder'), people),
  ])
  const isFor = (reader: R, { kind, subjectId }: Change): boolean => {
    if (kind === 'log' || kind === 'enterprise' || subjectId === reader.id) return true
    const own = reach.get(reader.id)
    if (kind === 'node' || kind === 'automator') return own !== undefined
    if (kind === 'folder') return openers.has(`${subjectId} ${reader.id}`)
    return own?.has(nodes.get(subjectId) ?? '') === true || members.has(`${subjectId} ${reader.id}`)
  }
  const told = readers.map((reader) => [reader, distinct.filter((change) => isFor(reader, change)).map(tell)] as const)
  return new Map(told.filter(([, mine]) => mine.length > 0))
}

function tell({ kind, subjectId }: Change): ToldChange {
  return { kind, subjectId }
}
