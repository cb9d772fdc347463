import { TeamId, UserId } from '@claviger/contract/ids.ts'
import type { AutomatorRight, StatementBody } from '@claviger/contract/log/statement.ts'
import { extendLog, verifyLog } from '@claviger/contract/log/verify.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { expect, test } from 'vitest'
import { type Identity, makeIdentity } from '../keys/identity.ts'
import { makeTeamKey, publishTeamKey } from '../keys/team-key.ts'
import { addMember, append, certificateOf, NOON, outcome, pinDirectory } from '../keys/testing-enterprise.ts'
import { newId } from '../new-id.ts'
import { asAdministrator, asMember, stateNext } from './log-statements.ts'

import { altered, enrol, grantIn, nextKey, replaceKeys, startTeam } from './testing-rotation.ts'

test('a member whom an administrator admitted publishes the next key, and who reads the log has it', async () => {
  const { enterprise, ada, grace, teamId, grant } = await startTeam()
  const body = await nextKey(enterprise, teamId, [await grant(grace, ada)])
  await append(enterprise, body, asMember(grace))
  const state = await verifyLog(enterprise.entries)
  expect(state).toEqual(enterprise.state)
  expect(state.teamKeys.get(teamId)).toHaveLength(2)
  expect(state.teamKeys.get(teamId)?.at(-1)).toBe(body.publicKey)
  expect(state.teamKeyPublishers.get(teamId)).toBe(grace.public.signingKey)
})

test('a member whom an automator admitted publishes the next key while it is enrolled for that', async () => {
  const { enterprise, grace, key, says } = await startTeam()
  for (const rights of [['memberships'], ['teams', 'devices']] satisfies AutomatorRight[][]) {
    const { granter } = await enrol(enterprise, rights)
    expect(await says(grace, [await grantIn(enterprise, key, grace, granter)])).toBe('accepted')
  }
  const { automatorId, granter: removed } = await enrol(enterprise, ['memberships'])
  const earlier = await grantIn(enterprise, key, grace, removed)
  await append(enterprise, { kind: 'automator-removed', automatorId })
  expect(await says(grace, [earlier])).toBe('unknown_signer')
})

test('a member whom another member’s open vault admitted publishes the next key with the chain of grants to an approver', async () => {
  const { enterprise, ada, grant, says } = await startTeam()
  const people: Identity[] = [ada]
  const chain: SignedStatement[] = []
  for (const length of [1, 2, 3, 4]) {
    const [member, by] = [await addMember(enterprise), people.at(-1) ?? ada]
    people.push(member)
    chain.unshift(await grant(member, by))
    expect(await says(member, chain), `${length} grants`).toBe('accepted')
    if (length > 1) expect(await says(member, chain.slice(0, -1)), 'not to the end').toBe('not_permitted')
  }
  const last = await addMember(enterprise)
  expect(await says(last, [await grant(last, people.at(-1) ?? ada), ...chain])).toBe('malformed')
})

test('who published a key needs no grant of it, and those they admit need no administrator’s', async () => {
  const { enterprise, ada, grace, heidi, teamId, grant, says } = await startTeam()
  const key = await makeTeamKey(enterprise.state, teamId)
  await append(enterprise, publishTeamKey(key, [await grant(grace, ada)]), asMember(grace))
  expect(await says(grace, [])).toBe('accepted')
  expect(await says(heidi, [await grant(heidi, grace, key)])).toBe('accepted')
  expect(await says(heidi, [])).toBe('not_permitted')
  // Once somebody else made a newer key, Grace holds it only by a grant.
  await append(enterprise, await nextKey(enterprise, teamId, []), asAdministrator(ada))
  expect(await says(grace, [])).toBe('not_permitted')
})

test('a key that a user published is no proof of holding it any more after their keys were replaced', async () => {
  const { enterprise, ada, grace, heidi, teamId, grant, says } = await startTeam()
  const key = await makeTeamKey(enterprise.state, teamId)
  await append(enterprise, publishTeamKey(key, [await grant(grace, ada)]), asMember(grace))
  const toHeidi = await grant(heidi, grace, key)
  const renewed = await replaceKeys(enterprise, grace)
  expect(await says(renewed, [])).toBe('not_permitted')
  expect(await says(grace, [])).toBe('bad_signature')
  expect(await says(heidi, [toHeidi])).toBe('bad_signature')
  expect(await says(heidi, [await grant(heidi, renewed, key)])).toBe('not_permitted')
})

test('nobody without a certificate in the log publishes a key, nor with a directory’s claim alone', async () => {
  const { enterprise, ada, grace, grant: grantTo, says } = await startTeam()
  const stranger = await makeIdentity(newId(UserId))
  const { encryptionKey } = stranger.public
  const grant = await altered(await grantTo(grace, ada), ada, { to: { kind: 'user', id: stranger.userId, encryptionKey } })
  expect(await says(stranger, [grant])).toBe('unknown_signer')
  const connectionId = await pinDirectory(enterprise)
  const nonce = ada.public.signingKey
  const claim: StatementBody = { ...certificateOf(stranger), evidence: { kind: 'saml', connectionId, nonce, responseHash: nonce } }
  await append(enterprise, claim, asMember(stranger))
  expect(await says(stranger, [grant])).toBe('unknown_signer')
  await append(enterprise, certificateOf(stranger))
  expect(await says(stranger, [grant])).toBe('accepted')
})

test('the first key of a team is made by who approves it: no member can', async () => {
  const { ada, grace, grant, says } = await startTeam()
  const other = newId(TeamId)
  expect(await says(grace, [], other)).toBe('not_permitted')
  expect(await says(grace, [await grant(grace, ada)], other)).toBe('not_permitted')
})

test('a member’s key takes the next epoch and is no earlier key, and the statement is the member’s own', async () => {
  const { enterprise, ada, grace, heidi, teamId, key, grant } = await startTeam()
  const heldBy = [await grant(grace, ada)]
  const body = publishTeamKey(await makeTeamKey(enterprise.state, teamId), heldBy)
  const says = (fields: object, author = asMember(grace)) =>
    outcome(() => stateNext(enterprise.state, author, { ...body, ...fields }, NOON))
  for (const epoch of [1, 3]) expect(await says({ epoch })).toBe('contradiction')
  expect(await says({ publicKey: key.encryption.public })).toBe('contradiction')
  expect(await says({}, { ...asMember(grace), signing: heidi.signing })).toBe('bad_signature')
  expect(await says({}, asMember(heidi))).toBe('not_permitted')
  expect(await says({ heldBy: [] })).toBe('malformed')
  expect(await says({ heldBy: null })).toBe('malformed')
  expect(await says({})).toBe('accepted')
  const { entry } = await stateNext(enterprise.state, asMember(grace), body, NOON)
  const said = JSON.parse(Buffer.from(entry.statement, 'base64url').toString())
  const swapped = JSON.stringify({ ...said, body: { ...body, publicKey: heidi.public.encryptionKey } })
  const swappedEntry = { ...entry, statement: Buffer.from(swapped).toString('base64url') }
  expect(await outcome(() => extendLog(enterprise.state, [swappedEntry]))).toBe('bad_signature')
})

test('an administrator’s or automator’s statement with grants in it is refused: their right speaks for them', async () => {
  const { enterprise, ada, grace, teamId, grant } = await startTeam()
  const body = await nextKey(enterprise, teamId, [await grant(grace, ada)])
  const { automatorId, granter } = await enrol(enterprise, ['teams'])
  const automator = { signer: { kind: 'automator', id: automatorId }, signing: granter.signing } as const
  for (const author of [asAdministrator(ada), automator]) {
    expect(await outcome(() => stateNext(enterprise.state, author, body, NOON))).toBe('malformed')
    const plain = await nextKey(enterprise, teamId, [])
    expect(await outcome(() => stateNext(enterprise.state, author, plain, NOON))).toBe('accepted')
  }
})

test('an approver publishes the next key after any member’s, and what that member was granted before counts no more', async () => {
  const { enterprise, ada, grace, teamId, grant, says } = await startTeam()
  const heldBy = [await grant(grace, ada)]
  await append(enterprise, await nextKey(enterprise, teamId, heldBy), asMember(grace))
  await append(enterprise, await nextKey(enterprise, teamId, []), asAdministrator(ada))
  expect(enterprise.state.teamKeys.get(teamId)).toHaveLength(3)
  expect(await says(grace, heldBy)).toBe('not_permitted')
  expect(await says(grace, [])).toBe('not_permitted')
})
