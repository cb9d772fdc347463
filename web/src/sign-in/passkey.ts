import { PasskeyAssertion, PasskeyAttestation, type PasskeyOptions } from '@claviger/contract/api/second-factors.ts'

/** A passkey that was not shown or made: a person turned away from it, or the browser has none. */
export class PasskeyRefusal extends Error {
  override name = 'PasskeyRefusal'
  readonly code = 'passkey'
}

/** Has the browser show a passkey (WebAuthn level 3 §7.2). @throws PasskeyRefusal */
export async function showPasskey(options: PasskeyOptions): Promise<PasskeyAssertion> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({ ...options })
  const shown = await navigator.credentials.get({ publicKey }).catch(refuse)
  return PasskeyAssertion.parse(jsonOf(shown))
}

/** Has the browser make a passkey (WebAuthn level 3 §7.1). @throws PasskeyRefusal */
export async function makePasskey(options: PasskeyOptions): Promise<PasskeyAttestation> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({
    rp: { name: 'Claviger' },
    user: { id: '', name: '', displayName: '' },
    pubKeyCredParams: [],
    ...options,
  })
  const made = await navigator.credentials.create({ publicKey }).catch(refuse)
  return PasskeyAttestation.parse(jsonOf(made))
}

function jsonOf(credential: Credential | null): unknown {
  if (credential instanceof PublicKeyCredential) return credential.toJSON()
  throw new PasskeyRefusal('The browser gave no passkey.')
}

/** Browsers do not say which of these it was, so that no page learns which passkeys there are. */
function refuse(error: unknown): never {
  const isKnown = error instanceof DOMException && error.name === 'InvalidStateError'
  throw new PasskeyRefusal(
    isKnown
      ? 'This passkey is set up already: choose another authenticator.'
      : 'No passkey was shown: it was cancelled, took too long, or is on another device. Nothing was changed. Try again.',
  )
}
