import { AsideLine } from './aside.ts'
import { GroupCommit } from './group-commit.ts'
import { kyselyOver, transactionOver } from './kysely-over.ts'
import { connectSqlite, SqliteLine } from './sqlite-line.ts'
import type { Store } from './store.ts'

/** The embedded store: one connection that writes, one that cannot, so a read sees nothing that is not yet durable. */
export async function openSqlite(path: string): Promise<Store> {
  const writer = connectSqlite(path, false)
  const reader = connectSqlite(path, true)
  const db = kyselyOver(new SqliteLine(reader))
  const trx = await transactionOver(new SqliteLine(writer))
  const commits = new GroupCommit(writer, trx)
  const longReads = new AsideLine(path)
  return {
    db,
    aside: kyselyOver(longReads),
    write: (work) => commits.write(work),
    async close() {
      await commits.idle()
      await longReads.close()
      reader.close()
      writer.close()
    },
  }
}
