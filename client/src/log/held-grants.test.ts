import { TeamId, UserId } from '@claviger/contract/ids.ts'
import { expect, test } from 'vitest'
import { asGranter } from '../keys/grants.ts'
import { makeIdentity } from '../keys/identity.ts'
import { sign } from '../keys/sign.ts'
import { makeTeamKey, publishTeamKey } from '../keys/team-key.ts'
import { addAdministrator, append, certificateOf, NOON, outcome } from '../keys/testing-enterprise.ts'
import { newId } from '../new-id.ts'
import { asAdministrator, stateNext } from './log-statements.ts'

import { altered, enrol, grantIn, nextKey, replaceKeys, startTeam } from './testing-rotation.ts'

test('a grant of an earlier epoch, another team, another kind or another enterprise proves nothing', async () => {
  const { enterprise, ada, grace, teamId, grant, says } = await startTeam()
  const early = await grant(grace, ada)
  const otherKey = await makeTeamKey(enterprise.state, newId(TeamId))
  await append(enterprise, publishTeamKey(otherKey))
  expect(await says(grace, [await grant(grace, ada, otherKey)])).toBe('not_permitted')
  const { enterprise: elsewhere, ...other } = await startTeam()
  await append(elsewhere, certificateOf(grace))
  expect(await says(grace, [await other.grant(grace, other.ada)])).toBe('wrong_enterprise')
  expect(await says(grace, [early])).toBe('accepted')
  await append(enterprise, await nextKey(enterprise, teamId, []))
  expect(await says(grace, [early])).toBe('not_permitted')
})

test('a grant that names other keys than the log’s, or is for somebody else, proves nothing', async () => {
  const { enterprise, ada, grace, heidi, teamId, key, grant, says } = await startTeam()
  const genuine = await grant(grace, ada)
  const saying = (fields: object) => altered(genuine, ada, fields)
  const { encryptionKey } = heidi.public
  const to = { kind: 'user', id: grace.userId, encryptionKey }
  const forHeidi = { kind: 'user', id: heidi.userId, encryptionKey: grace.public.encryptionKey }
  expect(await says(grace, [await grant(heidi, ada)])).toBe('not_permitted')
  expect(await says(grace, [await saying({ teamKey: encryptionKey })])).toBe('not_permitted')
  for (const epoch of [2, 3]) expect(await says(grace, [await saying({ epoch })])).toBe('not_permitted')
  expect(await says(grace, [await saying({ teamId: newId(TeamId) })])).toBe('not_permitted')
  for (const other of [to, forHeidi]) expect(await says(grace, [await saying({ to: other })])).toBe('not_permitted')
  expect(await says(grace, [await saying({ to: { kind: 'approvers', epoch: 1, encryptionKey } })])).toBe('not_permitted')
  expect(await says(grace, [await saying({ more: 1 })])).toBe('malformed')
  const folder = { kind: 'folder-key', folderId: teamId, teamId: undefined, teamKey: undefined }
  expect(await says(grace, [await saying(folder)])).toBe('not_permitted')
  expect(await says(grace, [await saying({})])).toBe('accepted')
  const renewed = await replaceKeys(enterprise, grace)
  expect(await says(renewed, [genuine])).toBe('not_permitted')
  expect(await says(renewed, [await grantIn(enterprise, key, renewed, asGranter(ada))])).toBe('accepted')
})

test('a grant by somebody whom the log does not know, or signed by another or for another use, proves nothing', async () => {
  const { ada, grace, heidi, grant, says } = await startTeam()
  const stranger = await makeIdentity(newId(UserId))
  expect(await says(grace, [await grant(grace, stranger)])).toBe('unknown_signer')
  expect(await says(grace, [await grant(grace, { ...ada, signing: heidi.signing })])).toBe('bad_signature')
  const genuine = await grant(grace, ada)
  const signature = await sign(ada.signing, 'log-statement', Buffer.from(genuine.statement, 'base64url'))
  expect(await says(grace, [{ ...genuine, signature }])).toBe('bad_signature')
  expect(await says(grace, [await grant(grace, heidi)])).toBe('not_permitted')
})

test('a grant by an administrator who was removed since counts as a member’s, unless they published the key', async () => {
  const { enterprise, ada, grace, teamId, grant, says } = await startTeam()
  const trent = await addAdministrator(enterprise, ['certify'])
  const [toGrace, toTrent] = [await grant(grace, trent), await grant(trent, ada)]
  expect(await says(grace, [toGrace])).toBe('accepted')
  await append(enterprise, { kind: 'administrator-removed', userId: trent.userId })
  expect(await says(grace, [toGrace])).toBe('not_permitted')
  expect(await says(grace, [toGrace, toTrent])).toBe('accepted')
  await append(enterprise, { kind: 'administrator-added', userId: trent.userId, rights: ['certify'] })
  const key = await makeTeamKey(enterprise.state, teamId)
  await append(enterprise, publishTeamKey(key), asAdministrator(trent))
  await append(enterprise, { kind: 'administrator-removed', userId: trent.userId })
  expect(await says(grace, [await grant(grace, trent, key)])).toBe('accepted')
})

test('grants that come back to somebody prove nothing: no administrator gives themselves the right to publish team keys', async () => {
  const { enterprise, ada, grace, heidi, teamId, grant, says } = await startTeam()
  const trent = await addAdministrator(enterprise, ['recovery'])
  const body = await nextKey(enterprise, teamId, [])
  expect(await outcome(() => stateNext(enterprise.state, asAdministrator(trent), body, NOON))).toBe('not_permitted')
  expect(await says(trent, [])).toBe('not_permitted')
  expect(await says(trent, [await grant(trent, trent)])).toBe('not_permitted')
  expect(await says(trent, [await grant(trent, grace), await grant(grace, trent)])).toBe('not_permitted')
  expect(await says(trent, [await grant(trent, ada)])).toBe('accepted')
  const loop = [await grant(grace, heidi), await grant(heidi, grace)]
  expect(await says(grace, loop)).toBe('not_permitted')
  expect(await says(grace, [...loop, ...loop])).toBe('not_permitted')
  expect(await says(grace, [...loop, await grant(grace, ada)])).toBe('not_permitted')
})

test('an automator without the right to admit members is no granter, and no link of a chain', async () => {
  const { enterprise, ada, grace, key, grant, says } = await startTeam()
  const { automatorId: id, granter } = await enrol(enterprise, ['certify', 'devices'])
  const toGrace = await grantIn(enterprise, key, grace, granter)
  expect(await says(grace, [toGrace])).toBe('not_permitted')
  const encryptionKey = enterprise.state.automators.get(id)?.identity.encryptionKey
  for (const kind of ['automator', 'user']) {
    const toAutomator = await altered(await grant(grace, ada), ada, { to: { kind, id, encryptionKey } })
    expect(await says(grace, [toGrace, toAutomator])).toBe('not_permitted')
  }
})
