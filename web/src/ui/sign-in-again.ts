/** Goes to sign in, and comes back to this page afterwards. */
export function signInAgain(): void {
  const { pathname, search } = window.location
  window.location.assign(`/sign-in?then=${encodeURIComponent(`${pathname}${search}`)}`)
}

/** Where to go after signing in: a page of this server that `then` names, or the vault. Never another site's. */
export function pageAfterSignIn(): string {
  const then = new URLSearchParams(window.location.search).get('then') ?? '/'
  const wanted = new URL(then, window.location.origin)
  const isOurs = wanted.origin === window.location.origin && /^\/(console(\/|$)|$)/.test(wanted.pathname)
  return isOurs ? `${wanted.pathname}${wanted.search}` : '/'
}
