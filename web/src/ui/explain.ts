/** What a person is told of something that failed: what happened, what was kept, what to do. */
export interface Explanation {
  readonly title: string
  readonly words: string
}

const titles: Readonly<Record<string, string>> = {
  unreachable: 'The server cannot be reached',
  signed_out: 'You are signed out',
  unauthenticated: 'You are signed out',
  wrong_password: 'That did not match',
  weak_password: 'Choose a stronger password',
  forbidden: 'You may not do this',
  not_found: 'This is not there (any more)',
  conflict: 'Something changed meanwhile',
  version_mismatch: 'Somebody else changed this meanwhile',
  rate_limited: 'Too many tries',
  unavailable: 'The server is busy or being restarted',
  log_forked: 'This server shows another history than before',
  log_shortened: 'This server hides a part of its history',
  swapped_key: 'A key is not the one that is known',
  bug: 'Something went wrong here',
}

/** Words for anything that was thrown. Refusals bring their own; of a bug only the title is for people. */
export function explain(error: unknown): Explanation {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'bug'
  const words = error instanceof Error && code !== 'bug' ? error.message : 'Nothing was changed. Reload the page, and try again.'
  return { title: titles[code] ?? 'That did not work', words }
}
