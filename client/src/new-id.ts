import { v7 } from 'uuid'
import type { z } from 'zod'

/** A new id (UUIDv7, RFC 9562 §5.7) of the kind that the shape is of: `newId(FolderId)`. */
export function newId<Shape extends z.ZodType>(shape: Shape): z.infer<Shape> {
  return shape.parse(v7())
}
