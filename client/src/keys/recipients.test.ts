import { utf8 } from '@claviger/contract/bytes.ts'
import { TeamId, UserId } from '@claviger/contract/ids.ts'
import type { StatementBody } from '@claviger/contract/log/statement.ts'
import { samlRequestId } from '@claviger/contract/saml-request-id.ts'
import { expect, test } from 'vitest'
import { asThemselves, stateNext } from '../log/log-statements.ts'
import { newId } from '../new-id.ts'
import { makeIdentity } from './identity.ts'
import { certifiedUser, currentTeamKey, firstUseUser, samlResponseHash, samlUser } from './recipients.ts'
import { addMember, append, certificateOf, foundEnterprise, NOON, outcome, pinDirectory, setPolicy } from './testing-enterprise.ts'

test('a server that swaps a public key is found out before anything is sealed to it', async () => {
  const enterprise = await foundEnterprise()
  const [grace, server] = [await addMember(enterprise), await makeIdentity(newId(UserId))]
  expect(certifiedUser(enterprise.state, grace.userId, grace.public).encryptionKey).toBe(grace.public.encryptionKey)
  const offers = [server.public, { ...grace.public, encryptionKey: server.public.encryptionKey }]
  for (const offer of offers) expect(await outcome(() => certifiedUser(enterprise.state, grace.userId, offer))).toBe('swapped_key')
  expect(await outcome(() => certifiedUser(enterprise.state, server.userId, server.public))).toBe('uncertified')
})

test('people without a certificate are let in only while the policy in the log says everyone', async () => {
  const enterprise = await foundEnterprise()
  const pushed = await makeIdentity(newId(UserId))
  const firstUse = () => outcome(() => firstUseUser(enterprise.state, pushed.userId, pushed.public, null))
  const certificate: StatementBody = { ...certificateOf(pushed), evidence: { kind: 'first-use' } }
  expect(await firstUse()).toBe('uncertified')
  expect(await outcome(() => append(enterprise, certificate))).toBe('contradiction')
  await setPolicy(enterprise, { autoApproval: 'everyone' })
  expect(await firstUse()).toBe('accepted')
  const other = await makeIdentity(pushed.userId)
  expect(await outcome(() => firstUseUser(enterprise.state, pushed.userId, other.public, pushed.public))).toBe('swapped_key')
  await append(enterprise, certificate)
  expect(await outcome(() => firstUseUser(enterprise.state, pushed.userId, other.public, null))).toBe('swapped_key')
})

test('a team whose key is in no log gets nothing', async () => {
  const enterprise = await foundEnterprise()
  expect(await outcome(() => currentTeamKey(enterprise.state, newId(TeamId)))).toBe('unknown_key')
})

/** A directory that answers with the request id and the address; checked here as its XML signature is by who uses this. */
async function startSaml() {
  const enterprise = await foundEnterprise()
  const connectionId = await pinDirectory(enterprise)
  const grace = await makeIdentity(newId(UserId))
  const nonce = enterprise.ada.public.signingKey
  const binding = { purpose: 'certify-identity', enterprise: enterprise.state.enterprise, userId: grace.userId, nonce } as const
  const response = utf8(`InResponseTo=${await samlRequestId({ ...binding, ...grace.public })} NameID=grace@example.com`)
  const evidence = { kind: 'saml', connectionId, nonce, responseHash: await samlResponseHash(response) } as const
  const claim: StatementBody = { ...certificateOf(grace, 'grace@example.com'), evidence }
  const check: Parameters<typeof samlUser>[4] = async (given, { requestId, email }) =>
    new TextDecoder().decode(given) === `InResponseTo=${requestId} NameID=${email}`
  return { enterprise, grace, response, claim, check }
}

test('a user whom the directory’s signed response certifies needs no administrator’s click', async () => {
  const { enterprise, grace, response, claim, check } = await startSaml()
  await append(enterprise, claim, asThemselves(grace))
  expect(await outcome(() => certifiedUser(enterprise.state, grace.userId))).toBe('uncertified')
  expect((await samlUser(enterprise.state, grace.userId, grace.public, response, check)).encryptionKey).toBe(grace.public.encryptionKey)
})

test('who was certified by the directory stays so when it rotates its certificate', async () => {
  const { enterprise, grace, response, claim, check } = await startSaml()
  await append(enterprise, claim, asThemselves(grace))
  const [connectionId] = enterprise.state.identityProviders.keys()
  if (connectionId === undefined) throw new Error('no directory is pinned')
  const [before] = enterprise.state.identityProviders.values()
  const certificates = [Buffer.alloc(100, 8).toString('base64url')]
  await append(enterprise, { kind: 'identity-provider-pinned', connectionId, entityId: 'https://idp.example.com', certificates })
  const withOldKey: typeof check = async (given, expected) => expected.provider === before && check(given, expected)
  expect(await outcome(() => samlUser(enterprise.state, grace.userId, grace.public, response, withOldKey))).toBe('accepted')
})

test('a directory’s response certifies no other keys, person or address, and no altered response anything', async () => {
  const { enterprise, grace, response, claim, check } = await startSaml()
  const mallory = await makeIdentity(grace.userId)
  await append(enterprise, { ...claim, identity: mallory.public } as StatementBody, asThemselves(mallory))
  const { state } = enterprise
  expect(await outcome(() => samlUser(state, grace.userId, mallory.public, response, check))).toBe('uncertified')
  expect(await outcome(() => samlUser(state, grace.userId, grace.public, response, check))).toBe('uncertified')
  await append(enterprise, claim, asThemselves(grace))
  expect(await outcome(() => samlUser(enterprise.state, grace.userId, grace.public, utf8('other'), check))).toBe('uncertified')
  expect(await outcome(() => samlUser(enterprise.state, grace.userId, grace.public, response, async () => false))).toBe('uncertified')
  const gullible = async () => true
  expect(await outcome(() => samlUser(enterprise.state, grace.userId, grace.public, utf8('other'), gullible))).toBe('uncertified')
  expect(await outcome(() => samlUser(enterprise.state, grace.userId, grace.public, response, check))).toBe('accepted')
})

test('a claim needs a directory that the log pins, is signed by whom it is for, and changes no certificate', async () => {
  const { enterprise, grace, claim } = await startSaml()
  const other = await makeIdentity(newId(UserId))
  const says = (author = asThemselves(grace)) => outcome(() => stateNext(enterprise.state, author, claim, NOON))
  expect(await says(asThemselves(other))).toBe('unknown_signer')
  expect(await says({ signer: { kind: 'administrator', id: enterprise.ada.userId }, signing: enterprise.ada.signing })).toBe(
    'not_permitted',
  )
  expect(await says()).toBe('accepted')
  const replacing = { ...claim, replaces: grace.public.signingKey } as StatementBody
  expect(await outcome(() => stateNext(enterprise.state, asThemselves(grace), replacing, NOON))).toBe('contradiction')
  await append(enterprise, certificateOf(grace))
  expect(await says()).toBe('contradiction')
  const unpinned = await foundEnterprise()
  expect(await outcome(() => stateNext(unpinned.state, asThemselves(grace), claim, NOON))).toBe('contradiction')
})
