import { fromBase64url, readUtf8, utf8 } from '@claviger/contract/bytes.ts'
import { opaqueIdentifiers } from '@claviger/contract/opaque.ts'
import * as opaque from '@serenity-kit/opaque'
import { ClientError } from '../errors.ts'
import { requireStrongPassword } from './password-strength.ts'
import type { RootOwner } from './root-owner.ts'
import { Secret } from './secret.ts'
import { keyStretching } from './suite.ts'
import type { PasswordKey } from './user-root.ts'

/**
 * OPAQUE (RFC 9807): the server learns neither the password nor anything to try passwords on without its own secret. The
 * second steps block the thread for 200 ms and more (Argon2id), so browsers run them in a Worker.
 */

/** The state between the two steps; it holds the password's blinding, so it stays where it is. */
export type OpaqueState = Secret<'opaque-state'>

/**
 * Begins a registration. `about`: what the password must not be made of (name, address, enterprise).
 * @throws ClientError `weak_password`
 */
export async function startRegistration(password: string, about: readonly string[]) {
  await requireStrongPassword(password, about)
  await opaque.ready
  const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password: composed(password) })
  return { state: textSecret(clientRegistrationState), registrationRequest }
}

/** What a password gives after either way: the key for the wrap of the user root, and the server's public key to pin. */
export interface OpaqueKeys {
  readonly passwordKey: PasswordKey
  readonly serverPublicKey: string
}

/** Ends a registration: the record goes to the server, and with the root wrapped it is what a sign-in needs. */
export function finishRegistration(
  password: string,
  state: OpaqueState,
  registrationResponse: string,
  owner: RootOwner,
): OpaqueKeys & { registrationRecord: string } {
  const identifiers = opaqueIdentifiers(owner.enterprise, owner.userId)
  const clientRegistrationState = secretText(state)
  const finished = attempt(() =>
    opaque.client.finishRegistration({
      password: composed(password),
      clientRegistrationState,
      registrationResponse,
      identifiers,
      keyStretching,
    }),
  )
  if (finished === undefined) throw wrongPassword()
  return { registrationRecord: finished.registrationRecord, ...keysOf(finished) }
}

/** Begins a sign-in. */
export async function startSignIn(password: string) {
  await opaque.ready
  const { clientLoginState, startLoginRequest } = opaque.client.startLogin({ password: composed(password) })
  return { state: textSecret(clientLoginState), startLoginRequest }
}

/**
 * Ends a sign-in. The user id comes from the server, for the address that was typed; for an unknown one it makes one up.
 * `sessionKey` is the secret that only this client and the server of the registration share (64 bytes).
 * @throws ClientError `wrong_password`, whichever side is the wrong one
 */
export function finishSignIn(
  password: string,
  state: OpaqueState,
  loginResponse: string,
  owner: RootOwner,
): OpaqueKeys & { finishLoginRequest: string; sessionKey: Secret<'session-key'> } {
  const identifiers = opaqueIdentifiers(owner.enterprise, owner.userId)
  const clientLoginState = secretText(state)
  const finished = attempt(() =>
    opaque.client.finishLogin({ password: composed(password), clientLoginState, loginResponse, identifiers, keyStretching }),
  )
  if (finished === undefined) throw wrongPassword()
  const sessionKey = new Secret('session-key', fromBase64url(finished.sessionKey))
  return { finishLoginRequest: finished.finishLoginRequest, sessionKey, ...keysOf(finished) }
}

function keysOf({ exportKey, serverStaticPublicKey }: { exportKey: string; serverStaticPublicKey: string }): OpaqueKeys {
  return { passwordKey: new Secret('password-key', fromBase64url(exportKey)), serverPublicKey: serverStaticPublicKey }
}

/** The same letters from every keyboard: systems type é as one character or as two (RFC 8265 §4.2.2). */
function composed(password: string): string {
  return password.normalize('NFC')
}

/** The library throws for messages that it cannot read: to the person this is the same as a wrong password. */
function attempt<T>(step: () => T | undefined): T | undefined {
  try {
    return step()
  } catch {
    return undefined
  }
}

function wrongPassword(): ClientError {
  return new ClientError('wrong_password', 'The e-mail address or the password is wrong.')
}

function textSecret(text: string): OpaqueState {
  return new Secret('opaque-state', utf8(text))
}

function secretText(state: OpaqueState): string {
  return readUtf8(state.reveal())
}
