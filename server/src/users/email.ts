import { z } from 'zod'

/**
 * One address and nothing else: no list, no name around it, no comment, nothing that cannot be seen. What a mail program
 * would read as more than one address must not get into a message's head.
 */
const address = z
  .string()
  .max(254)
  .regex(/^[^\s@"<>()[\],;:\\\p{Cc}\p{Cf}]{1,64}@[^\s@"<>()[\],;:\\\p{Cc}\p{Cf}]{1,255}$/u)

/** The address as it was written, without spaces around it, or null where it is none. Letters of any script are accepted. */
export function readEmail(text: string): string | null {
  const read = address.safeParse(text.trim().normalize('NFC'))
  return read.success ? read.data : null
}
