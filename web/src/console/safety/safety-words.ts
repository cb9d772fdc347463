import { numberText } from '../../ui/figures.ts'
import type { AnswerOf } from '../../worker/routes.ts'

export type Safety = AnswerOf<'readSafety'>
export type Held = AnswerOf<'listHeld'>['held'][number]

/** Questions that have another answer once something of a method's safety was changed or decided. */
export const refreshes = [
  ...(['readSafety', 'listHeld', 'listObserved', 'readMethod', 'listMethods', 'readNode', 'listNodes', 'readOverview'] as const),
  ...(['listUsers', 'listTeams'] as const),
]

/** `1 person`, `12 people`. */
export function peopleText(count: number): string {
  return count === 1 ? '1 person' : `${numberText(count)} people`
}

/** `1 removal`, `12 removals`. */
export function removalsText(count: number): string {
  return count === 1 ? '1 removal' : `${numberText(count)} removals`
}

/** `60 minutes`; whole hours as such. */
export function minutesText(minutes: number): string {
  if (minutes === 60) return 'an hour'
  if (minutes % 60 === 0) return `${minutes / 60} hours`
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}

/** What the limits allow, in words. */
export function limitsText({ limits }: Safety): string {
  if (!limits.on) return 'off: nothing is held'
  return `${peopleText(limits.people)}, or ${limits.percent} % of who has registered, within ${minutesText(limits.windowMinutes)}`
}

/** What the directory has taken within the window, in words. */
export function takenText({ taken, limits }: Safety): string {
  if (taken.people === 0) return `nothing within ${minutesText(limits.windowMinutes)}`
  const from = `from ${peopleText(taken.people)} within ${minutesText(limits.windowMinutes)}`
  return taken.registeredOf === 0
    ? from
    : `${from}; ${numberText(taken.registered)} of the ${numberText(taken.registeredOf)} who have registered`
}

const observedWords: Readonly<Record<string, (count: number) => string>> = {
  'user.create': (count) => `${peopleText(count)} invited`,
  'user.restore': (count) => `${peopleText(count)} given the account back`,
  'user.update': (count) => `${peopleText(count)} updated`,
  'user.lock': (count) => `${peopleText(count)} locked`,
  'user.unlock': (count) => `${peopleText(count)} unlocked`,
  'user.delete': (count) => `${peopleText(count)} deleted`,
  'team.create': (count) => `${teamsText(count)} created`,
  'team.update': (count) => `${teamsText(count)} changed`,
  'team.archive': (count) => `${teamsText(count)} archived`,
  refused: (count) => (count === 1 ? '1 request refused' : `${numberText(count)} requests refused`),
}

/** How many people or teams would come to what. */
export function observedText(operation: string, count: number): string {
  return observedWords[operation]?.(count) ?? `${operation}: ${numberText(count)}`
}

function teamsText(count: number): string {
  return count === 1 ? '1 team' : `${numberText(count)} teams`
}
