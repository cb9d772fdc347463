import '@claviger/client/without-eval.ts'
import { call } from '@claviger/client/api/call.ts'
import { expose } from 'comlink'
import { approving } from './approving.ts'
import { following } from './following.ts'
import { type AnswerOf, type InputOf, type RouteName, routes } from './routes.ts'
import { opened } from './session.ts'
import { signingIn } from './signing-in.ts'
import { throwOver } from './throw-over.ts'

/**
 * All that has to do with keys: the page asks, and sees results, never a key. Long steps (Argon2id, thousands of
 * records) run here, so that the page stays quick.
 */
const accountWorker = {
  ...signingIn,
  ...approving,
  ...following,

  /** One request of the JSON API, as who is signed in. */
  async ask<Name extends RouteName>(name: Name, input: InputOf<Name>): Promise<AnswerOf<Name>> {
    const { connection } = await opened()
    return (await call<object, unknown>(connection, routes[name], input)) as AnswerOf<Name>
  },
}

export type AccountWorker = typeof accountWorker

throwOver()
expose(accountWorker)
