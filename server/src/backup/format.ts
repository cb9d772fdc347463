import { z } from 'zod'

/** The number that a change of the format which older versions cannot read would raise. */
export const FORMAT = 1

// A backup is gzip'd JSON lines: the header; for each table its section, then its rows as arrays; the trailer.
// It is the same for both engines.

/** The first line. */
export const Header = z.object({
  claviger: z.literal('backup'),
  format: z.number(),
  /** The version of Claviger that wrote it. */
  version: z.string(),
  migrations: z.array(z.string()),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
})
export type Header = z.infer<typeof Header>

/** The columns of the rows that follow. */
export const Section = z.object({ table: z.string(), columns: z.array(z.string()) })
export type Section = z.infer<typeof Section>

export const Cells = z.array(z.union([z.string(), z.number(), z.null()]))

/** The last line: what must have come before it. `sha256` is of every byte before this line, in hex. */
export const Trailer = z.object({ rows: z.record(z.string(), z.number()), sha256: z.string() })
export type Trailer = z.infer<typeof Trailer>
