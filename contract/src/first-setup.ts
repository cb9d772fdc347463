/** How the token of a first set-up begins (api/enterprises.ts), which an invitation's never does. */
export const FIRST_SETUP_PREFIX = 'new.'
