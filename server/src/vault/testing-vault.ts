import { randomBytes } from 'node:crypto'
import { startPeople, type TestPerson } from '../api/testing-people.ts'
import { newId } from '../storage/id.ts'
import type { FolderRole } from '../storage/vault-tables.ts'

/** What the server takes for ciphertext: it opens none of it. */
export const sealed = (bytes = 60) => randomBytes(bytes).toString('base64url')

/** A version of a record as a client would send it. */
export function recordIn(
  folder: string,
  by: TestPerson,
  fields: Partial<Record<'id' | 'version' | 'keyEpoch' | 'modifiedAt' | 'body', unknown>> = {},
) {
  const defaults = { id: newId(), version: 1, keyEpoch: 1, modifiedAt: Date.now(), body: sealed(100) }
  return { suite: 'v1', folderId: folder, author: by.userId, meta: sealed(), ...defaults, ...fields }
}

export function keyOf({ id, keyEpoch, folderId }: { id: unknown; keyEpoch: unknown; folderId: string }, folderEpoch = 1) {
  return { suite: 'v1', recordId: id, epoch: keyEpoch, folderId, folderEpoch, sealed: sealed() }
}

/** People, folders and records whose ciphertext is noise: for what the server decides by itself. */
export async function startFolders() {
  const people = await startPeople()
  const { write, db, origin } = people

  /** A folder of somebody's own. */
  const folderOf = async (owner: TestPerson) => {
    const folderId = newId()
    const name = { suite: 'v1', folderId, epoch: 1, version: 1, sealed: sealed() }
    const answer = await owner.ask('/api/v1/folders', { name, key: { suite: 'v1', folderId, epoch: 1, sealed: sealed() } })
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
    return folderId
  }
  /** Shared as its owner would have: the grant is made up. */
  const share = (folderId: string, kind: 'user' | 'team', id: string, role: FolderRole) =>
    write((trx) =>
      trx
        .insertInto('folder_access')
        .values({
          ...{ folder_id: folderId, grantee_kind: kind, grantee_id: id, grantee_epoch: kind === 'team' ? 1 : 0, folder_epoch: 1 },
          ...{ role, key_grant: JSON.stringify({ statement: sealed(), signature: sealed(64) }), created_at: 1 },
        })
        .execute(),
    )
  const add = (by: TestPerson, folder: string, ...records: ReturnType<typeof recordIn>[]) =>
    by.ask(`/api/v1/folders/${folder}/records`, { records: records.map((record) => ({ record, key: keyOf(record) })) })
  const put = async (by: TestPerson, record: ReturnType<typeof recordIn>, more: object = {}) => {
    const response = await fetch(`${origin}/api/v1/records/${record.id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${by.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: record.id, record, settled: false, ...more }),
    })
    return response.status
  }
  const read = async (by: TestPerson, id: unknown) => (await by.ask(`/api/v1/records/${id}`)).status
  const dueOf = async (id: unknown) =>
    (await db.selectFrom('records').select('change_due').where('id', '=', String(id)).executeTakeFirstOrThrow()).change_due
  return { ...people, folderOf, share, add, put, read, dueOf }
}
