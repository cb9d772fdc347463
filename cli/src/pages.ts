/** Rows that are held in memory at once, however long a list is. */
const PAGE = 500

/** Reads a list to its end in keyset pages: `read` gives the rows after a key, `keyOf` a row's key. The first key is ''. */
export async function* pagesOf<Row>(
  read: (after: string, limit: number) => Promise<Row[]>,
  keyOf: (row: Row) => string,
): AsyncGenerator<Row[]> {
  for (let after = ''; ; ) {
    const rows = await read(after, PAGE)
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (rows.length < PAGE || last === undefined) return
    after = keyOf(last)
  }
}
