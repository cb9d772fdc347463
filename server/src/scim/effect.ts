import type { FastifyRequest } from 'fastify'
import type { Removal } from '../safety/hold.ts'
import type { Observation } from '../safety/observe.ts'
import type { Wish } from '../safety/supersede.ts'
import type { Act, Outcome } from './outcome.ts'

/** The operations of a request: several of a bulk request, else one. */
export function actsOf(request: FastifyRequest, outcome: Outcome): readonly Act[] {
  return outcome.acts ?? [{ httpMethod: request.method, body: request.body, outcome }]
}

/** Whom a request takes something from, each once. */
export function takenBy({ effect, acts }: Outcome): readonly string[] {
  if (acts === undefined) return effect?.takes ?? []
  return [...new Set(acts.flatMap(({ outcome }) => outcome.effect?.takes ?? []))]
}

/** What an operation says of its subject, as far as it bears on what is held; undefined where it has none. */
export function wishOf({ outcome: { told, effect } }: Act): Wish | undefined {
  if (effect === undefined || told.subjectKind === null || told.subjectId === null) return undefined
  const { subjectKind, subjectId, operation } = told
  return { subjectKind, subjectId, whole: effect.whole, ends: operation === 'team.archive', keeps: effect.keeps() }
}

/** What is held of an operation; undefined where it takes nothing from anybody, or cannot be done by itself. */
export function removalOf(act: Act): Removal | undefined {
  const wish = wishOf(act)
  const { told, effect } = act.outcome
  if (wish === undefined || effect === undefined || effect.takes.length === 0 || act.refers) return undefined
  const { httpMethod, body } = act
  return { ...wish, operation: told.operation, summary: effect.would(), takes: effect.takes, httpMethod, body }
}

/** What observe mode writes down of an operation. */
export function observationOf({ outcome: { told, effect } }: Act): Observation | undefined {
  if (effect === undefined) return undefined
  const { operation, subjectKind, subjectId } = told
  const { creates, changed, added, removed } = effect
  return {
    subject: creates === undefined ? `${subjectKind} ${subjectId}` : `${subjectKind} named ${creates}`,
    operation,
    subjectKind,
    // The id was rolled back with what it was of.
    subjectId: creates === undefined ? subjectId : null,
    summary: effect.would(),
    nothing: !changed,
    added,
    removed,
  }
}

/** Operations of one request that one line of the log tells of. */
const MOST_TOLD = 50

/** What the operations of a request would do, in plain words. */
export function wouldOf(acts: readonly Act[]): string {
  const sentences = acts.slice(0, MOST_TOLD).flatMap(({ outcome }) => outcome.effect?.would() ?? [])
  return acts.length > MOST_TOLD ? `${sentences.join(' ')} And ${acts.length - MOST_TOLD} more.` : sentences.join(' ')
}
