import { newId } from '@claviger/server/storage/id.ts'
import { type Cell, EMAIL, EXTERNAL_ID, FIRST_ID, FIRST_SCOPE, ISO_TIME, type StoreScope, type UserRecipe } from '../recipe.ts'

type Value = string | number | null
/** What is new about one user: the texts that cells refer to, and when it is made. */
export interface Fresh {
  readonly texts: readonly string[]
  readonly at: number
}

/** The texts of a user who is made now, in a store with this scope. */
export function freshOf({ ids }: UserRecipe, scope: StoreScope, email: string, externalId: string): Fresh {
  const at = Date.now()
  const texts: string[] = []
  texts[EMAIL] = email
  texts[EXTERNAL_ID] = externalId
  texts[ISO_TIME] = new Date(at).toISOString()
  texts[FIRST_SCOPE] = scope.enterpriseId
  texts[FIRST_SCOPE + 1] = scope.nodeId
  texts[FIRST_SCOPE + 2] = scope.methodId
  texts[FIRST_SCOPE + 3] = scope.tokenId
  for (let id = 0; id < ids; id++) texts[FIRST_ID + id] = newId()
  return { texts, at }
}

/** How to make a cell's value: decided once, so that a floor spends nothing on it at each request. */
export function filler(cell: Cell): (fresh: Fresh) => Value {
  if (cell.kind === 'same') return () => cell.value
  if (cell.kind === 'time') return ({ at }) => at + cell.after
  const text = textFiller(cell)
  return text
}

/** The same for a cell that must be a text. */
export function textFiller(cell: Cell): (fresh: Fresh) => string {
  if (cell.kind !== 'text') {
    const text = cell.kind === 'same' ? String(cell.value) : ''
    return () => text
  }
  const { parts } = cell
  const [only] = parts
  if (parts.length === 1 && typeof only === 'number') return ({ texts }) => texts[only] ?? ''
  return ({ texts }) => {
    let text = ''
    for (const part of parts) text += typeof part === 'number' ? texts[part] : part
    return text
  }
}
