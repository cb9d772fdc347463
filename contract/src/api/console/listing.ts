import { z } from 'zod'
import { NodeId } from '../../ids.ts'

/** Text of a question. U+0000 is in none that a store could hold. */
export const Asked = z
  .string()
  .max(400)
  .refine((text) => !text.includes('\0'), 'U+0000 cannot be asked for')

/** A number in a query. */
const inQuery = (least: number, most: number) => z.coerce.number().pipe(z.int().min(least).max(most))
/** Milliseconds since 1970, in a query. */
export const AskedMillis = inQuery(0, Number.MAX_SAFE_INTEGER)
export const Order = z.enum(['asc', 'desc'])
export type Order = z.infer<typeof Order>

/**
 * Which page of a list: the first, the one after the place `after`, or the one that ends before the place `before`. Places
 * are what `next` and `previous` of a page were; they are opaque, and hold only while search, filters and order stay the same.
 */
export const paging = { after: Asked.optional(), before: Asked.optional(), limit: inQuery(1, 200).optional() }

/** Lists show the nodes that the caller may read: all of them, or this one and what is under it. */
export const inNode = { node: NodeId.optional() }

/** Where to go on from a page; null where there is nothing. */
export const places = { next: z.string().nullable(), previous: z.string().nullable() }
