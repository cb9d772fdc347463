import { me } from '@claviger/contract/api/accounts.ts'
import { readPending } from '@claviger/contract/api/pending.ts'
import type { z } from 'zod'

/** The operations of the JSON API that pages ask for by name: shapes cannot be sent to a Worker. */
export const routes = { me, readPending } as const

export type RouteName = keyof typeof routes
export type InputOf<Name extends RouteName> = z.infer<(typeof routes)[Name]['input']>
export type AnswerOf<Name extends RouteName> = z.infer<(typeof routes)[Name]['answer']>
