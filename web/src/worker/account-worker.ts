import '@claviger/client/without-eval.ts'
import { ApiError, call } from '@claviger/client/api/call.ts'
import { expose } from 'comlink'
import { administering } from './administering.ts'
import { approving } from './approving.ts'
import { exporting } from './exporting.ts'
import { following } from './following.ts'
import { recovering } from './recovering.ts'
import { type AnswerOf, type InputOf, type RouteName, routes } from './routes.ts'
import { isReplaced, opened } from './session.ts'
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
  ...recovering,
  ...administering,
  ...exporting,

  /** One request of the JSON API, as who is signed in. */
  async ask<Name extends RouteName>(name: Name, input: InputOf<Name>): Promise<AnswerOf<Name>> {
    const { connection } = await opened()
    const answer = call<object, unknown>(connection, routes[name], input).catch(async (error: unknown) => {
      if (!(error instanceof ApiError) || error.code !== 'unauthenticated' || !(await isReplaced(connection.token))) throw error
      return call<object, unknown>((await opened()).connection, routes[name], input)
    })
    return (await answer) as AnswerOf<Name>
  },
}

export type AccountWorker = typeof accountWorker

throwOver()
expose(accountWorker)
