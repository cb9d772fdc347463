import { AutomatorId, TeamId, UserId } from '@claviger/contract/ids.ts'
import type { LogEntry } from '@claviger/contract/log/entry.ts'
import type { StatementBody } from '@claviger/contract/log/statement.ts'
import { extendLog, verifyLog } from '@claviger/contract/log/verify.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeDevice } from '../keys/device.ts'
import { type Identity, makeIdentity, publicIdentity } from '../keys/identity.ts'
import { makeEncryptionKeyPair } from '../keys/key-pair.ts'
import { signStatement } from '../keys/sign.ts'
import { makeTeamKey, publishTeamKey } from '../keys/team-key.ts'
import {
  addAdministrator,
  addMember,
  append,
  certificateOf,
  flipBit,
  foundEnterprise,
  NOON,
  outcome,
  setPolicy,
  type TestEnterprise,
} from '../keys/testing-enterprise.ts'
import { newId } from '../new-id.ts'
import { pinOf, readLogFirst, readPinnedLog } from './log-pin.ts'
import { type Author, asAdministrator, asThemselves, stateNext } from './log-statements.ts'

/** What the log says to a statement, without appending it. */
const says = ({ state }: TestEnterprise, author: Author, body: StatementBody) => outcome(() => stateNext(state, author, body, NOON))
const teamKeyOf = async ({ state }: TestEnterprise) => publishTeamKey(await makeTeamKey(state, newId(TeamId)))
const settings: StatementBody = { kind: 'policy-set', policy: { autoApproval: 'everyone', recovery: false } }

async function busyEnterprise() {
  const enterprise = await foundEnterprise()
  const grace = await addAdministrator(enterprise, ['certify', 'administrators'])
  const teamId = newId(TeamId)
  for (const _ of [1, 2]) await append(enterprise, publishTeamKey(await makeTeamKey(enterprise.state, teamId)), asAdministrator(grace))
  await addMember(enterprise)
  await setPolicy(enterprise, { recovery: true })
  return { enterprise, grace, teamId }
}

test('who reads the log knows the administrators, certificates, team keys and policy', async () => {
  const { enterprise, grace, teamId } = await busyEnterprise()
  const state = await verifyLog(enterprise.entries)
  expect(state).toEqual(enterprise.state)
  expect([...state.administrators.keys()]).toEqual([enterprise.ada.userId, grace.userId])
  expect(state.certificates.size).toBe(3)
  expect(state.teamKeys.get(teamId)).toHaveLength(2)
  expect(state.policy).toEqual({ autoApproval: 'verified-members', recovery: true })
})

test('reading on from where one was gives what reading it whole gives, and leaves the earlier reading as it was', async () => {
  const { enterprise } = await busyEnterprise()
  const early = await verifyLog(enterprise.entries.slice(0, 2))
  const before = structuredClone(early)
  expect(await extendLog(early, enterprise.entries.slice(2))).toEqual(enterprise.state)
  expect(early).toEqual(before)
})

test('a log in which anything is left out, reordered, repeated, altered or put in is refused', async () => {
  const [{ enterprise }, { enterprise: other }] = [await busyEnterprise(), await busyEnterprise()]
  const { entries } = enterprise
  const pin = pinOf(enterprise.state)
  const at = fc.nat({ max: entries.length - 1 })
  const tampering: fc.Arbitrary<readonly LogEntry[]> = fc.oneof(
    at.map((i) => entries.toSpliced(i, 1)),
    fc
      .tuple(at, at)
      .filter(([i, j]) => i !== j)
      .map(([i, j]) => entries.map((entry, n) => (n === i ? entries[j] : n === j ? entries[i] : entry) ?? entry)),
    fc.tuple(at, at).map(([i, j]) => entries.toSpliced(i, 0, ...entries.slice(j, j + 1))),
    fc.tuple(at, at).map(([i, j]) => entries.toSpliced(i, 1, ...other.entries.slice(j, j + 1))),
    fc
      .tuple(at, fc.nat())
      .map(([i, bit]) =>
        entries.map((entry, n) => (n === i ? ({ ...entry, statement: flipBit(entry.statement, bit) } as LogEntry) : entry)),
      ),
    fc
      .tuple(at, fc.nat())
      .map(([i, bit]) =>
        entries.map((entry, n) => (n === i ? ({ ...entry, signature: flipBit(entry.signature, bit) } as LogEntry) : entry)),
      ),
    at.map((i) =>
      entries.map((entry, n) =>
        n === i ? ({ ...entry, signature: entries[(n + 1) % entries.length]?.signature ?? '' } as LogEntry) : entry,
      ),
    ),
    fc.constant([]),
  )
  await fc.assert(
    fc.asyncProperty(tampering, async (tampered) => {
      expect(await outcome(() => readPinnedLog(tampered, pin))).not.toMatch(/accepted|not a refusal/)
      const isPrefix = tampered.length > 0 && tampered.every((entry, n) => entry === entries[n])
      const first = await outcome(() => readLogFirst(tampered, pin.enterprise))
      if (isPrefix) expect(first).toBe('accepted')
      else expect(first).not.toMatch(/accepted|not a refusal/)
    }),
    { numRuns: 150 },
  )
})

test('a device that has seen a log accepts what continues it, and refuses a shorter one, a fork and another enterprise’s', async () => {
  const enterprise = await foundEnterprise()
  await addMember(enterprise)
  const fork = { ...enterprise, entries: [...enterprise.entries] }
  await addMember(enterprise)
  const pin = pinOf(enterprise.state)
  await addMember(fork)
  await addMember(fork)
  expect(await outcome(() => verifyLog(fork.entries))).toBe('accepted')
  expect(await outcome(() => readPinnedLog(fork.entries, pin))).toBe('log_forked')
  expect(await outcome(() => readPinnedLog(enterprise.entries.slice(0, -1), pin))).toBe('log_shortened')
  expect(await outcome(() => readPinnedLog([], pin))).toBe('log_shortened')
  expect(await outcome(async () => readPinnedLog((await busyEnterprise()).enterprise.entries, pin))).toBe('another_enterprise')
  await addMember(enterprise)
  expect(await readPinnedLog(enterprise.entries, pin)).toEqual(enterprise.state)
})

test('an entry that was stated on one branch of a fork is not accepted on the other', async () => {
  const enterprise = await foundEnterprise()
  const fork: TestEnterprise = { ...enterprise, entries: [...enterprise.entries] }
  await addMember(enterprise)
  await addMember(fork)
  const stray = await append(fork, settings)
  expect(await outcome(() => extendLog(enterprise.state, [stray]))).toBe('broken_chain')
})

test('a device that was told the enterprise’s id by somebody else than the server takes no other log', async () => {
  const [enterprise, other] = [await foundEnterprise(), await foundEnterprise()]
  expect(await outcome(() => readLogFirst(other.entries, enterprise.state.enterprise))).toBe('another_enterprise')
  expect(await outcome(() => readLogFirst(other.entries, null))).toBe('accepted')
})

test('nobody outside the log can state anything, nor a member who is no administrator', async () => {
  const enterprise = await foundEnterprise()
  const [member, stranger] = [await addMember(enterprise), await makeIdentity(newId(UserId))]
  expect(await says(enterprise, asAdministrator(stranger), settings)).toBe('unknown_signer')
  expect(await says(enterprise, asAdministrator(member), settings)).toBe('unknown_signer')
  expect(await says(enterprise, asThemselves(member), settings)).toBe('unknown_signer')
  const inAdasName: Author = { signer: asAdministrator(enterprise.ada).signer, signing: member.signing }
  expect(await says(enterprise, inAdasName, settings)).toBe('bad_signature')
})

test('a removed administrator’s later statements are refused, and what they stated before stands', async () => {
  const { enterprise, grace, teamId } = await busyEnterprise()
  await append(enterprise, { kind: 'administrator-removed', userId: grace.userId })
  expect(await says(enterprise, asAdministrator(grace), await teamKeyOf(enterprise))).toBe('unknown_signer')
  expect(enterprise.state.teamKeys.get(teamId)).toHaveLength(2)
})

test('an administrator states only what their rights are for, and passes on only rights that they have', async () => {
  const { enterprise, grace } = await busyEnterprise()
  const member = await addMember(enterprise)
  const add = (rights: ('administrators' | 'policy' | 'certify' | 'recovery')[]): StatementBody => ({
    kind: 'administrator-added',
    userId: member.userId,
    rights,
  })
  const recovery: StatementBody = { kind: 'recovery-key', epoch: 1, publicKey: member.public.encryptionKey }
  expect(await says(enterprise, asAdministrator(grace), settings)).toBe('not_permitted')
  expect(await says(enterprise, asAdministrator(grace), recovery)).toBe('not_permitted')
  expect(await says(enterprise, asAdministrator(grace), add(['certify', 'policy']))).toBe('contradiction')
  expect(await says(enterprise, asAdministrator(grace), add(['certify']))).toBe('accepted')
})

test('there is always somebody who can name administrators', async () => {
  const enterprise = await foundEnterprise()
  await addAdministrator(enterprise, ['certify'])
  const remove: StatementBody = { kind: 'administrator-removed', userId: enterprise.ada.userId }
  expect(await says(enterprise, asAdministrator(enterprise.ada), remove)).toBe('contradiction')
  await addAdministrator(enterprise, ['administrators'])
  expect(await says(enterprise, asAdministrator(enterprise.ada), remove)).toBe('accepted')
})

test('a certified user’s keys are replaced only by an administrator who names the old ones, and an administrator’s not at all', async () => {
  const { enterprise, grace } = await busyEnterprise()
  const member = await addMember(enterprise)
  const renewed = await makeIdentity(member.userId)
  const replacing = { ...certificateOf(renewed), replaces: member.public.signingKey }
  const ada = asAdministrator(enterprise.ada)
  expect(await says(enterprise, ada, certificateOf(renewed))).toBe('contradiction')
  expect(await says(enterprise, ada, { ...replacing, replaces: grace.public.signingKey })).toBe('contradiction')
  expect(await says(enterprise, ada, replacing)).toBe('accepted')
  const takeover = { ...certificateOf(await makeIdentity(enterprise.ada.userId)), replaces: enterprise.ada.public.signingKey }
  expect(await says(enterprise, asAdministrator(grace), takeover)).toBe('contradiction')
})

test('nobody is certified with an encryption key that their own signing key did not sign for them', async () => {
  const enterprise = await foundEnterprise()
  const [victim, other] = [await makeIdentity(newId(UserId)), await makeIdentity(newId(UserId))]
  const swapped = { ...victim.public, encryptionKey: other.public.encryptionKey }
  const lies = [certificateOf({ ...victim, public: swapped }), { ...certificateOf(victim), userId: other.userId }]
  for (const lie of lies) expect(await says(enterprise, asAdministrator(enterprise.ada), lie)).toBe('bad_signature')
})

test('epochs of keys come one after the other and no key comes back', async () => {
  const { enterprise, teamId } = await busyEnterprise()
  const publicKey = (await makeEncryptionKeyPair(true)).public
  const ada = asAdministrator(enterprise.ada)
  for (const epoch of [1, 2, 4]) expect(await says(enterprise, ada, { kind: 'team-key', teamId, epoch, publicKey })).toBe('contradiction')
  const [old] = enterprise.state.teamKeys.get(teamId) ?? []
  if (old === undefined) throw new Error('the team has no key')
  expect(await says(enterprise, ada, { kind: 'team-key', teamId, epoch: 3, publicKey: old })).toBe('contradiction')
  expect(await says(enterprise, ada, { kind: 'team-key', teamId, epoch: 3, publicKey })).toBe('accepted')
})

test('an automator states what it was enrolled for, and nothing more after it was removed', async () => {
  const enterprise = await foundEnterprise()
  const [automatorId, keys, ada] = [newId(AutomatorId), await makeDevice({ exportable: true }), asAdministrator(enterprise.ada)]
  const identity = await publicIdentity(automatorId, keys.signing, keys.encryption)
  const author: Author = { signer: { kind: 'automator', id: automatorId }, signing: keys.signing }
  const person = await makeIdentity(newId(UserId))
  const certificate: StatementBody = { ...certificateOf(person), evidence: { kind: 'automator', rule: 'node Sales, directory Okta' } }
  await append(
    enterprise,
    { kind: 'automator-enrolled', automatorId, identity, scope: { rights: ['certify'], nodes: null, verifiedPeopleOnly: true } },
    ada,
  )
  expect(await says(enterprise, author, certificate)).toBe('accepted')
  expect(await says(enterprise, author, certificateOf(person))).toBe('not_permitted')
  expect(await says(enterprise, author, { ...certificate, evidence: { kind: 'first-use' } })).toBe('not_permitted')
  expect(await says(enterprise, author, await teamKeyOf(enterprise))).toBe('not_permitted')
  expect(await says(enterprise, author, settings)).toBe('not_permitted')
  await append(enterprise, { kind: 'automator-removed', automatorId }, ada)
  expect(await says(enterprise, author, certificate)).toBe('unknown_signer')
})

test('a statement of a kind, suite or shape that this version does not know is refused, not skipped', async () => {
  const enterprise = await foundEnterprise()
  const { state, ada } = enterprise
  const head = {
    suite: 'v1',
    enterprise: state.enterprise,
    sequence: 1,
    previous: state.head,
    at: NOON,
    signer: { kind: 'administrator', id: ada.userId },
  }
  const odd = [
    { ...head, body: { kind: 'policy-widened' } },
    { ...head, suite: 'v0', body: settings },
    { ...head, body: { ...settings, more: 1 } },
    { ...head, body: settings, extra: true },
    { ...head, sequence: '1', body: settings },
  ]
  for (const value of odd) {
    const entry = await signStatement(ada.signing, 'log-statement', value)
    expect(await outcome(() => extendLog(state, [entry]))).toBe('malformed')
  }
  const elsewhere = await signStatement(ada.signing, 'log-statement', {
    ...head,
    enterprise: (await foundEnterprise()).state.enterprise,
    body: settings,
  })
  expect(await outcome(() => extendLog(state, [elsewhere]))).toBe('wrong_enterprise')
  const asGrant = await signStatement(ada.signing, 'grant', { ...head, body: settings })
  expect(await outcome(() => extendLog(state, [asGrant]))).toBe('bad_signature')
})

test('a log begins with a genesis that its first administrator signed, and holds no second one', async () => {
  const [{ enterprise }, impostor] = [await busyEnterprise(), await makeIdentity(newId(UserId))]
  expect(await outcome(() => verifyLog(enterprise.entries.slice(1)))).toBe('broken_chain')
  expect(await outcome(() => verifyLog([]))).toBe('malformed')
  const genesis = (first: Identity, userId: UserId): StatementBody => ({
    kind: 'genesis',
    nonce: first.public.signingKey,
    userId,
    email: 'ada@example.com',
    identity: first.public,
  })
  expect(await says(enterprise, asAdministrator(enterprise.ada), genesis(impostor, impostor.userId))).toBe('not_permitted')
  const { ada } = enterprise
  const header = { suite: 'v1', enterprise: null, sequence: 0, previous: null, at: NOON }
  const stolen = await signStatement(impostor.signing, 'log-statement', {
    ...header,
    signer: { kind: 'administrator', id: ada.userId },
    body: genesis(ada, ada.userId),
  })
  expect(await outcome(() => verifyLog([stolen]))).toBe('bad_signature')
  const forAda = await signStatement(impostor.signing, 'log-statement', {
    ...header,
    signer: { kind: 'administrator', id: ada.userId },
    body: genesis(impostor, ada.userId),
  })
  expect(await outcome(() => verifyLog([forAda]))).toBe('bad_signature')
})
