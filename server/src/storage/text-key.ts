/**
 * What two spellings of one text have in common: it is compared without case, without spaces around it, and whatever
 * way its accents are composed. The columns that end in `_key` hold it.
 */
export function textKey(text: string): string {
  return text.trim().normalize('NFC').toLowerCase()
}
