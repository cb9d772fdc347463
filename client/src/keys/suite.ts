import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from 'hpke'

/**
 * Suite v1. It is compiled in: the server can name no algorithm, length or cost, so there is nothing that it could weaken.
 */

/** HPKE (RFC 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM. */
export const hpke = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM)

/** Argon2id within OPAQUE: the second recommendation of RFC 9106 §4. `memory` is in KiB: 64 MiB. */
export const keyStretching = { 'argon2id-custom': { memory: 65_536, iterations: 3, parallelism: 4 } } as const

/** AES-256-GCM with nonces of 96 random bits and tags of 128 (NIST SP 800-38D §8.2.2). */
export const aesGcm = { name: 'AES-GCM', length: 256 } as const
export const NONCE_BYTES = 12
export const KEY_BYTES = 32
