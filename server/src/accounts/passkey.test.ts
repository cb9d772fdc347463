import { expect, test } from 'vitest'
import { creationOptions, requestOptions, verifyAssertion, verifyAttestation } from './passkey.ts'
import { TestAuthenticator } from './testing-authenticator.ts'

const HERE = 'https://vault.example.com'
const ELSEWHERE = 'https://vault.example.com.evil.example'

async function start() {
  const authenticator = new TestAuthenticator()
  const { challenge } = await creationOptions(HERE, { userId: '018f', email: 'grace@example.com', exclude: [] })
  const attestation = authenticator.create({ challenge, origin: HERE })
  const passkey = await verifyAttestation(HERE, challenge, attestation)
  if (passkey === null) throw new Error('the passkey was not accepted')
  return { authenticator, challenge, attestation, passkey }
}

test('a passkey that was made for this server is taken, and then opens this challenge', async () => {
  const { authenticator, passkey } = await start()
  expect(passkey).toMatchObject({ credentialId: authenticator.id, counter: 0 })
  const { challenge } = await requestOptions(HERE, [authenticator.id])
  const assertion = authenticator.get({ challenge, origin: HERE })
  expect(await verifyAssertion(HERE, challenge, passkey, assertion)).toBe(1)
})

test('a passkey that was made at another site, or for another challenge, is not taken', async () => {
  const { authenticator, challenge, attestation } = await start()
  const other = await creationOptions(HERE, { userId: '018f', email: 'grace@example.com', exclude: [] })
  expect(await verifyAttestation(HERE, other.challenge, attestation)).toBeNull()
  expect(await verifyAttestation(HERE, challenge, authenticator.create({ challenge, origin: ELSEWHERE }))).toBeNull()
  const lying = authenticator.create({ challenge, origin: HERE, rpId: new URL(ELSEWHERE).hostname })
  expect(await verifyAttestation(HERE, challenge, lying)).toBeNull()
})

test('a passkey shown at another site, for another challenge, by another key or by a copy opens nothing', async () => {
  const { authenticator, passkey } = await start()
  const { challenge } = await requestOptions(HERE, [authenticator.id])
  const shown = (ceremony: Partial<Parameters<TestAuthenticator['get']>[0]>, by = authenticator) =>
    verifyAssertion(HERE, challenge, { ...passkey, counter: 5 }, by.get({ challenge, origin: HERE, ...ceremony }))
  authenticator.counter = 10
  expect(await shown({})).toBe(11)
  expect(await shown({ origin: ELSEWHERE })).toBeNull()
  expect(await shown({ rpId: new URL(ELSEWHERE).hostname })).toBeNull()
  expect(await shown({ challenge: (await requestOptions(HERE, [])).challenge })).toBeNull()
  const another = new TestAuthenticator()
  another.counter = 20
  expect(await shown({}, another)).toBeNull()
  authenticator.counter = 4
  expect(await shown({})).toBeNull()
})
