/** What a person is told of something that failed: what happened, what was kept, what to do. */
export interface Explanation {
  readonly title: string
  readonly words: string
  /** What ends it, where a button can. */
  readonly cure: 'reload' | 'sign-in' | null
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
  invalid_value: 'This cannot be taken as it is',
  rate_limited: 'Too many tries',
  unavailable: 'The server is busy or being restarted',
  log_forked: 'This server shows another history than before',
  log_shortened: 'This server hides a part of its history',
  swapped_key: 'A key is not the one that is known',
  unexpected_answer: 'The server answers what this page does not know',
  internal: 'The server failed',
  passkey: 'No passkey was used',
  not_entitled: 'You may not do this',
  not_permitted: 'You may not do this',
  contradiction: 'The enterprise log does not allow this',
  uncertified: 'Nobody has verified this person yet',
  second_factor: 'A second factor is wanted',
  not_loaded: 'This page could not be loaded',
  bug: 'Something went wrong here',
}

const more: Readonly<Record<string, string>> = {
  unreachable: 'Nothing that you see here is lost. What you just did may not have arrived: look again once the server is back.',
  unavailable: 'Nothing was changed. Try again in a moment.',
  signed_out: 'What was saved is kept. Sign in again, and you come back to this page.',
  unauthenticated: 'What was saved is kept. Sign in again, and you come back to this page.',
  conflict: 'Nothing of yours was applied. Look at what it is now, and decide anew.',
  version_mismatch: 'Nothing of yours was applied. Look at what it is now, and decide anew.',
  unexpected_answer: 'It was probably updated. Reload the page, which brings the version that fits.',
  internal: 'Nothing was half done. Try again; if it fails again, its log says why.',
  not_loaded:
    'There is a new version, or the server cannot be reached. What was saved is kept. Reload the page, which brings the version that fits.',
  bug: 'Nothing was changed. Reload the page, and try again.',
}

/** Words for anything that was thrown. Refusals bring their own; of a bug only the title is for people. */
export function explain(error: unknown): Explanation {
  const code = codeOf(error)
  const own = error instanceof Error && code !== 'bug' && code !== 'not_loaded' ? error.message : ''
  const words = [own, more[code]].filter((part) => part !== undefined && part !== '').join(' ')
  return { title: titles[code] ?? 'That did not work', words, cure: cureOf(code) }
}

/** An update takes away the parts of pages that are open: browsers say so in words of their own. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code)
  const isGone = error instanceof Error && /dynamically imported module|importing a module script|preload CSS/i.test(error.message)
  return isGone ? 'not_loaded' : 'bug'
}

function cureOf(code: string): Explanation['cure'] {
  if (isSignedOut(code)) return 'sign-in'
  return code === 'unexpected_answer' || code === 'not_loaded' || code === 'bug' ? 'reload' : null
}

/** Whether the session is over. */
export function isSignedOut(code: string): boolean {
  return code === 'signed_out' || code === 'unauthenticated'
}
