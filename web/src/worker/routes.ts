import { me } from '@claviger/contract/api/accounts.ts'
import type { z } from 'zod'

/** The operations of the JSON API that pages ask for by name: shapes cannot be sent to a Worker. */
export const routes = { me } as const

export type RouteName = keyof typeof routes
export type InputOf<Name extends RouteName> = z.infer<(typeof routes)[Name]['input']>
export type AnswerOf<Name extends RouteName> = z.infer<(typeof routes)[Name]['answer']>
