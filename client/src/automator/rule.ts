import type { AutomatorProfile } from './profile.ts'

/**
 * By what an automator certifies people, as the log states it: `registered`: they accepted the invitation that the server
 * sent them. It has not seen them, so a server that lies about who registered deceives it once for each person.
 */
export function ruleText({ domains }: Pick<AutomatorProfile, 'domains'>): string {
  const text = domains.length === 0 ? 'registered' : `registered, with an address in ${domains.join(', ')}`
  return text.length <= MOST ? text : `registered, with an address in one of ${domains.length} domains`
}

/** Whether the rule holds for somebody with this address. */
export function fitsRule({ domains }: Pick<AutomatorProfile, 'domains'>, email: string): boolean {
  return domains.length === 0 || domains.includes(email.slice(email.lastIndexOf('@') + 1).toLowerCase())
}

/** Longest rule that the log takes (contract/src/log/statement.ts). */
const MOST = 200
