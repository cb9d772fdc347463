import type { Bytes } from '@claviger/contract/bytes.ts'

/**
 * Secret bytes of one kind. The kind is part of the type, so one kind cannot be passed for another; the bytes are in no
 * property, so that printing or serialising the object shows its kind alone.
 */
export class Secret<Kind extends string> {
  readonly kind: Kind
  readonly #bytes: Bytes
  constructor(kind: Kind, bytes: Bytes) {
    this.kind = kind
    this.#bytes = bytes
  }

  /** The bytes themselves. Not a copy. */
  reveal(): Bytes {
    return this.#bytes
  }

  toJSON(): string {
    return `[${this.kind}]`
  }
}

/** So many bytes of the system's randomness. */
export function randomBytes(length: number): Bytes {
  return globalThis.crypto.getRandomValues(new Uint8Array(length))
}
