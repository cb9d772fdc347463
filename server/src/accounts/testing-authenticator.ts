import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import { Secret, TOTP } from 'otpauth'

const USER_PRESENT = 0x01
const HAS_CREDENTIAL = 0x40

/** What an authenticator app shows at this time, in milliseconds. */
export function codeOf(secret: string, at: number): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: at })
}

/** What a browser passes on: the origin that it is at, which the page cannot choose. */
export interface Ceremony {
  readonly challenge: string
  readonly origin: string
  /** The host of the origin, unless the test plays a browser that lies. */
  readonly rpId?: string
}

/** A passkey in software (WebAuthn level 3 §6.1, §6.5; ES256, attestation `none`), as one on a stick would answer. */
export class TestAuthenticator {
  readonly id = randomBytes(16).toString('base64url')
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject
  /** How many times it was used; tests set it back to play a copy. */
  counter = 0
  readonly #step: number

  /** @param counts false: as those that are synchronised between devices, which say 0 each time */
  constructor({ counts = true }: { counts?: boolean } = {}) {
    this.#step = counts ? 1 : 0
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#privateKey = privateKey
    this.#publicKey = publicKey
  }

  /** What `navigator.credentials.create` gives, in JSON. */
  create(ceremony: Ceremony) {
    const id = Buffer.from(this.id, 'base64url')
    const length = Buffer.alloc(2)
    length.writeUInt16BE(id.length)
    const credential = Buffer.concat([Buffer.alloc(16), length, id, this.#cosePublicKey()])
    const authData = this.#authenticatorData(ceremony, HAS_CREDENTIAL, credential)
    const attestation = isoCBOR.encode(
      new Map<string, string | Uint8Array | Map<string, string>>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(authData)],
      ]),
    )
    const response = {
      clientDataJSON: clientData('webauthn.create', ceremony).toString('base64url'),
      attestationObject: Buffer.from(attestation).toString('base64url'),
    }
    return { id: this.id, rawId: this.id, type: 'public-key' as const, response }
  }

  /** What `navigator.credentials.get` gives, in JSON. */
  get(ceremony: Ceremony) {
    this.counter += this.#step
    const authenticatorData = this.#authenticatorData(ceremony)
    const client = clientData('webauthn.get', ceremony)
    const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(client)]), this.#privateKey)
    const response = {
      clientDataJSON: client.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: signature.toString('base64url'),
    }
    return { id: this.id, rawId: this.id, type: 'public-key' as const, response }
  }

  #authenticatorData({ origin, rpId = new URL(origin).hostname }: Ceremony, flags = 0, credential = Buffer.alloc(0)): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.counter)
    return Buffer.concat([sha256(Buffer.from(rpId)), Buffer.from([USER_PRESENT | flags]), counter, credential])
  }

  /** COSE_Key of an ES256 key (RFC 9053 §2.1, §7.1.1). */
  #cosePublicKey(): Uint8Array {
    const { x = '', y = '' } = this.#publicKey.export({ format: 'jwk' })
    return isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
        [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
      ]),
    )
  }
}

function clientData(type: 'webauthn.create' | 'webauthn.get', { challenge, origin }: Ceremony): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
