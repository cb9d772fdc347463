import { expect, test } from 'vitest'
import { toBase64url } from './bytes.ts'
import { EnterpriseLogId, UserId } from './ids.ts'
import { EncryptionKey, SigningKey } from './public-keys.ts'
import { type SamlRequestBinding, samlRequestId } from './saml-request-id.ts'

const key = (byte: number) => toBase64url(new Uint8Array(32).fill(byte))
const binding: SamlRequestBinding = {
  purpose: 'certify-identity',
  enterprise: EnterpriseLogId.parse(key(1)),
  userId: UserId.parse('01890000-0000-7000-8000-000000000001'),
  nonce: key(2),
  signingKey: SigningKey.parse(key(3)),
  encryptionKey: EncryptionKey.parse(key(4)),
}

test('a SAML request id is an xs:ID that any directory takes, and the same for the same keys', async () => {
  const id = await samlRequestId(binding)
  expect(id).toMatch(/^_[0-9a-f]{64}$/)
  expect(await samlRequestId({ ...binding })).toBe(id)
})

test('a SAML request id stands for nothing else than these keys of this user for this purpose', async () => {
  const others: SamlRequestBinding[] = [
    { ...binding, purpose: 'admit-device' },
    { ...binding, enterprise: EnterpriseLogId.parse(key(9)) },
    { ...binding, userId: UserId.parse('01890000-0000-7000-8000-000000000002') },
    { ...binding, nonce: key(9) },
    { ...binding, signingKey: SigningKey.parse(key(9)) },
    { ...binding, encryptionKey: EncryptionKey.parse(key(9)) },
    { ...binding, signingKey: SigningKey.parse(key(4)), encryptionKey: EncryptionKey.parse(key(3)) },
  ]
  const ids = await Promise.all([binding, ...others].map((each) => samlRequestId(each)))
  expect(new Set(ids).size).toBe(ids.length)
})
