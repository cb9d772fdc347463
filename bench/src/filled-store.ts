import type { BulkLoad } from './bulk-load-process.ts'
import { recipeFileOf } from './floors/start.ts'
import { newUser } from './new-user.ts'
import { blankFile, copyOf, type Product, startProduct } from './product.ts'
import { demand, requestText, Wire } from './wire.ts'
import { say, type Workshop } from './workshop.ts'

/** The users of a filled store. */
export const FILLED_TAG = 'filled'
/** The most that a page may have. */
export const LONGEST_PAGE = 1000

/** Starts the server on a store that has these many users already, put there in bulk and checked through SCIM. */
export async function startFilled(workshop: Workshop, users: number): Promise<Product> {
  const blank = await blankFile(workshop)
  const location = copyOf(blank, workshop)
  const recipeFile = await recipeFileOf(workshop)
  const began = performance.now()
  await workshop
    .start('./bulk-load-process.ts', { location, scope: blank.scope, recipeFile, tag: FILLED_TAG, count: users } satisfies BulkLoad)
    .line()
  say(`${users} users loaded in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  const product = await startProduct(workshop, blank, location)
  await mindFilled(product, users)
  return product
}

/** @throws Error where the server does not count the users as its own, or finds another than was asked for */
async function mindFilled(product: Product, users: number) {
  const wire = await Wire.to(product.port)
  for (const n of [0, Math.floor(users / 2), users - 1]) {
    const { email, externalId } = newUser(FILLED_TAG, n)
    const answer = await demand(wire, requestText(product, 'GET', userNameEq(email)))
    const found: { totalResults: number; Resources: { id: string; externalId: string; name: { familyName: string } }[] } = JSON.parse(
      answer.body,
    )
    const user = found.Resources[0]
    if (found.totalResults !== 1 || user?.externalId !== externalId || user.name.familyName !== 'Lovelace')
      throw new Error(`the user ${email} is not as it was loaded: ${answer.body}`)
    await demand(wire, requestText(product, 'GET', `/Users/${user.id}`))
  }
  const { totalResults }: { totalResults: number } = JSON.parse((await demand(wire, requestText(product, 'GET', '/Users?count=0'))).body)
  // The first administrator is a user too.
  if (totalResults !== users + 1) throw new Error(`the server counts ${totalResults} users, not ${users + 1}`)
  wire.close()
}

export function userNameEq(email: string): string {
  return `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}&startIndex=1&count=100`
}

/** The ids of the first `count` users, without the administrator, who was made before all others and cannot be locked. */
export async function idsOfUsers(product: Product, count: number): Promise<string[]> {
  const wire = await Wire.to(product.port)
  const ids: string[] = []
  for (let cursor = ''; ids.length <= count; ) {
    const path = `/Users?attributes=id&count=${Math.min(LONGEST_PAGE, count + 1 - ids.length)}&cursor=${cursor}`
    const page: { nextCursor?: string; Resources: { id: string }[] } = JSON.parse(
      (await demand(wire, requestText(product, 'GET', path))).body,
    )
    ids.push(...page.Resources.map(({ id }) => id))
    if (page.nextCursor === undefined) break
    cursor = page.nextCursor
  }
  wire.close()
  return ids.slice(1)
}
