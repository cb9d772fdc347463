import { z } from 'zod'

const address = z.string().max(254).regex(z.regexes.unicodeEmail)

/** The address as it was written, without spaces around it, or null where it is none. Letters of any script are accepted. */
export function readEmail(text: string): string | null {
  const read = address.safeParse(text.trim().normalize('NFC'))
  return read.success ? read.data : null
}
