/** A value that is made anew for each user: texts to join, in which a number stands for one of the `Fresh` texts. */
export type Cell =
  | { readonly kind: 'same'; readonly value: string | number | null }
  | { readonly kind: 'text'; readonly parts: readonly (string | number)[] }
  /** Milliseconds after the user is made. */
  | { readonly kind: 'time'; readonly after: number }

/** The first of the fresh texts; the ids of rows and of the request follow. */
export const EMAIL = 0
export const EXTERNAL_ID = 1
export const ISO_TIME = 2
/** Where the ids of the store's scope stand, in the order of `scopeTexts`. */
export const FIRST_SCOPE = 3
export const FIRST_ID = 7

/** The ids of what stands in a blank store and in the rows of each user. */
export interface StoreScope {
  readonly enterpriseId: string
  readonly nodeId: string
  readonly methodId: string
  readonly tokenId: string
}

export function scopeTexts({ enterpriseId, nodeId, methodId, tokenId }: StoreScope): string[] {
  return [enterpriseId, nodeId, methodId, tokenId]
}

export interface TableRecipe {
  readonly table: string
  readonly columns: readonly string[]
  readonly cells: readonly Cell[]
}

/** How to write and answer what the product writes and answers for POST /Users. */
export interface UserRecipe {
  readonly ids: number
  readonly tables: readonly TableRecipe[]
  readonly headers: readonly (readonly [string, Cell])[]
  readonly body: Cell
}
