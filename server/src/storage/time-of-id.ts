import type { Millis } from './database.ts'

/** The smallest UUIDv7 that can have been made at `at`: rows with smaller ids are older, so a key range stands for a time range. */
export function smallestIdAt(at: Millis): string {
  const hex = Math.max(0, at).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** When a UUIDv7 was made. */
export function timeOfId(id: string): Millis {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16)
}
