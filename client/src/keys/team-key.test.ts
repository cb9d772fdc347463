import { fromBase64url, readUtf8, toBase64url, utf8 } from '@claviger/contract/bytes.ts'
import { TeamId } from '@claviger/contract/ids.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '../new-id.ts'
import { asGrantee, asGranter } from './grants.ts'
import type { Identity } from './identity.ts'
import { certifiedUser } from './recipients.ts'
import { sign, signStatement } from './sign.ts'
import { grantTeamKey, makeTeamKey, openTeamKey, publishTeamKey } from './team-key.ts'
import { addMember, append, certified, flipBit, foundEnterprise, NOON, outcome, type TestEnterprise } from './testing-enterprise.ts'

async function start() {
  const enterprise = await foundEnterprise()
  const { ada } = enterprise
  const [grace, mallory] = [await addMember(enterprise), await addMember(enterprise)]
  const teamId = newId(TeamId)
  const key = await addTeamKey(enterprise, teamId)
  const grant = await grantTeamKey(enterprise.state, key, certified(enterprise, grace), asGranter(ada), NOON)
  const open = (given: SignedStatement, { as = grace, from = ada, wanted = { teamId, epoch: 1 } } = {}) =>
    openTeamKey(enterprise.state, given, wanted, certified(enterprise, from), asGrantee(as))
  return { enterprise, ada, grace, mallory, teamId, key, grant, open }
}

async function addTeamKey(enterprise: TestEnterprise, teamId: TeamId) {
  const key = await makeTeamKey(enterprise.state, teamId)
  await append(enterprise, publishTeamKey(key))
  return key
}

const privateHalf = async ({ privateKey }: Identity['encryption']) =>
  toBase64url(new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey)))

test('a member whom an approver admits gets the team’s key, and can admit the next one', async () => {
  const { enterprise, grace, mallory, key, grant, open } = await start()
  const opened = await open(grant)
  expect(await privateHalf(opened.encryption)).toBe(await privateHalf(key.encryption))
  const next = await grantTeamKey(enterprise.state, opened, certified(enterprise, mallory), asGranter(grace), NOON)
  expect(await outcome(() => open(next, { as: mallory, from: grace }))).toBe('accepted')
})

test('a grant for somebody else, by somebody else, for another team or epoch, is refused', async () => {
  const { enterprise, mallory, teamId, grant, open } = await start()
  const other = newId(TeamId)
  await addTeamKey(enterprise, other)
  expect(await outcome(() => open(grant, { as: mallory }))).toBe('bad_grant')
  expect(await outcome(() => open(grant, { from: mallory }))).toBe('bad_grant')
  expect(await outcome(() => open(grant, { wanted: { teamId: other, epoch: 1 } }))).toBe('bad_grant')
  await addTeamKey(enterprise, teamId)
  expect(await outcome(() => open(grant, { wanted: { teamId, epoch: 2 } }))).toBe('bad_grant')
})

test('a grant of one enterprise is none in another', async () => {
  const { grant, grace, ada, teamId } = await start()
  const other = await foundEnterprise()
  await append(other, {
    kind: 'user-certified',
    userId: ada.userId,
    email: 'ada@example.com',
    identity: ada.public,
    replaces: null,
    evidence: { kind: 'administrator', wordsCompared: false },
  })
  const attempt = () => openTeamKey(other.state, grant, { teamId, epoch: 1 }, certifiedUser(other.state, ada.userId), asGrantee(grace))
  expect(await outcome(attempt)).toBe('bad_grant')
})

test('a granter who claims another epoch or person in a grant gains nothing: the wrap itself is bound to them', async () => {
  const { enterprise, ada, grace, mallory, teamId, grant, key, open } = await start()
  await addTeamKey(enterprise, teamId)
  const said = JSON.parse(readUtf8(fromBase64url(grant.statement)))
  const later = await signStatement(ada.signing, 'grant', { ...said, epoch: 2 })
  const forMallory = await signStatement(ada.signing, 'grant', {
    ...said,
    to: { kind: 'user', id: mallory.userId, encryptionKey: mallory.public.encryptionKey },
  })
  expect(await outcome(() => open(later, { wanted: { teamId, epoch: 2 } }))).toBe('cannot_open')
  expect(await outcome(() => open(forMallory, { as: mallory }))).toBe('cannot_open')
  expect(await outcome(() => grantTeamKey(enterprise.state, key, certified(enterprise, grace), asGranter(ada), NOON))).toBe('unknown_key')
})

test('a member cannot pass a key of their own making for the team’s', async () => {
  const { enterprise, grace, mallory, teamId, key, open } = await start()
  const forged = { ...(await makeTeamKey(enterprise.state, teamId)), epoch: 1 }
  const attempt = () => grantTeamKey(enterprise.state, forged, certified(enterprise, grace), asGranter(mallory), NOON)
  expect(await outcome(attempt)).toBe('unknown_key')
  const mixed = { ...key, encryption: { ...forged.encryption, public: key.encryption.public } }
  const lie = await grantTeamKey(enterprise.state, mixed, certified(enterprise, grace), asGranter(mallory), NOON)
  expect(await outcome(() => open(lie, { from: mallory }))).toBe('swapped_key')
})

test('a grant with any bit altered, or signed for another use, is refused', async () => {
  const { ada, grant, open } = await start()
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.boolean(), async (bit, inStatement) => {
      const altered = inStatement
        ? { ...grant, statement: flipBit(grant.statement, bit) }
        : { ...grant, signature: flipBit(grant.signature, bit) }
      expect(await outcome(() => open(asSigned(altered)))).toMatch(/^(bad_grant|malformed)$/)
    }),
  )
  const signature = await sign(ada.signing, 'log-statement', fromBase64url(grant.statement))
  expect(await outcome(() => open({ ...grant, signature }))).toBe('bad_grant')
})

test('a team key is not granted to a person of another enterprise', async () => {
  const { enterprise, ada, key } = await start()
  const other = await foundEnterprise()
  const attempt = async () => grantTeamKey(enterprise.state, key, certified(other, await addMember(other)), asGranter(ada), NOON)
  expect(await outcome(attempt)).toBe('not_entitled')
})

test('a grant that names a field twice is refused, because two readers could read two things', async () => {
  const { ada, grant, open } = await start()
  const text = readUtf8(fromBase64url(grant.statement)).replace('{', '{"epoch":2,')
  const statement = toBase64url(utf8(text))
  const twice = { statement, signature: await sign(ada.signing, 'grant', utf8(text)) }
  expect(await outcome(() => open(twice))).toBe('malformed')
})

function asSigned(value: { statement: string; signature: string }): SignedStatement {
  return value as SignedStatement
}
