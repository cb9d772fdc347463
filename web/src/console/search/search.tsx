/** Finds users, teams and nodes from everywhere (Ctrl-K). */
export function Search() {
  return null
}
