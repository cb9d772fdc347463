/** What one check of an installation found. */
export interface Finding {
  /** What was looked at, in a word or two. */
  check: string
  outcome: 'ok' | 'warn' | 'fail'
  words: string
  /** What to do about it, where it is not ok. */
  advice?: string
}

export function ok(check: string, words: string): Finding {
  return { check, outcome: 'ok', words }
}

/** Works, but not as it should be left. */
export function warn(check: string, words: string, advice: string): Finding {
  return { check, outcome: 'warn', words, advice }
}

/** Something does not work, or may lose data. */
export function fail(check: string, words: string, advice: string): Finding {
  return { check, outcome: 'fail', words, advice }
}
