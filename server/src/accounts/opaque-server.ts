import type { EnterpriseLogId, UserId } from '@claviger/contract/ids.ts'
import { opaqueIdentifiers } from '@claviger/contract/opaque.ts'
import { ready, server } from '@serenity-kit/opaque'
import { AppError } from '../errors.ts'
import type { Db } from '../storage/database.ts'
import { loadSecretText } from '../storage/secrets.ts'

/** The server's half of OPAQUE (RFC 9807). Its set-up is a secret of the installation: without it no password opens anything. */
async function serverSetup(db: Db): Promise<string> {
  await ready
  return loadSecretText(db, 'opaque-server-setup', () => server.createSetup())
}

/** Answers the first step of a registration for this user id. Keeps nothing. @throws AppError `invalid_value` */
export async function answerRegistration(db: Db, userId: string, registrationRequest: string): Promise<string> {
  const setup = await serverSetup(db)
  const request = { serverSetup: setup, userIdentifier: userId, registrationRequest }
  return readable(() => server.createRegistrationResponse(request).registrationResponse)
}

/** Whom a sign-in is for. The id is made up where nobody has the address. */
export interface SignInSubject {
  readonly userId: UserId
  readonly enterprise: EnterpriseLogId
  /** null: made up by the library, in the same time, so that it looks like one (RFC 9807 §10.9). */
  readonly opaqueRecord: string | null
}

/** Answers the first step of a sign-in. `state` is secret, and needed for the second. @throws AppError `invalid_value` */
export async function answerSignIn(db: Db, { userId, enterprise, opaqueRecord }: SignInSubject, startLoginRequest: string) {
  const setup = await serverSetup(db)
  const identifiers = opaqueIdentifiers(enterprise, userId)
  const { serverLoginState, loginResponse } = readable(() =>
    server.startLogin({ serverSetup: setup, userIdentifier: userId, registrationRecord: opaqueRecord, startLoginRequest, identifiers }),
  )
  return { loginResponse, state: JSON.stringify({ serverLoginState, identifiers }) }
}

/** Whether the client's last message proves the password. `state` is from `answerSignIn`. */
export async function provesPassword(state: string, finishLoginRequest: string): Promise<boolean> {
  await ready
  try {
    server.finishLogin({ ...JSON.parse(state), finishLoginRequest })
    return true
  } catch {
    return false
  }
}

/** The library throws for what it cannot read. */
function readable<T>(step: () => T): T {
  try {
    return step()
  } catch (cause) {
    throw new AppError('invalid_value', 'This is no message of OPAQUE as this version speaks it: use a client of the same version.', {
      cause,
    })
  }
}
