import { associatedData, type Binding } from '@claviger/contract/associated-data.ts'
import { toBase64url, utf8 } from '@claviger/contract/bytes.ts'
import { FolderId, RecordId, TeamId, UserId } from '@claviger/contract/ids.ts'
import { samlRequestId } from '@claviger/contract/saml-request-id.ts'
import { pinOf } from '../log/log-pin.ts'
import { newId } from '../new-id.ts'
import { makeFolderKey } from './folder-key.ts'
import { asGranter } from './grants.ts'
import { type Identity, sealIdentity } from './identity.ts'
import { exportPrivateKey } from './key-pair.ts'
import { sealRecord } from './record.ts'
import { makeRecordKey, wrapRecordKey } from './record-key.ts'
import { makeRecoveryCode, writeRecoveryCode } from './recovery-code.ts'
import { safetyWords } from './safety-words.ts'
import { randomBytes, Secret } from './secret.ts'
import { grantTeamKey, makeTeamKey, publishTeamKey } from './team-key.ts'
import {
  addAdministrator,
  addMember,
  append,
  certified,
  flipBit,
  foundEnterprise,
  NOON,
  type TestEnterprise,
} from './testing-enterprise.ts'
import { saveVectors } from './testing-save-vectors.ts'
import { makeUserRoot, wrapRootByPassword, wrapRootByRecoveryCode } from './user-root.ts'

// Wrote files of client/vectors, once: `node client/src/keys/testing-make-vectors.ts`. What is there is not written again.
const pkcs8 = async (pair: Parameters<typeof exportPrivateKey>[0]) => toBase64url(await exportPrivateKey(pair))
const cannotOpen = { error: 'cannot_open' }

const enterprise = await foundEnterprise()
const id = enterprise.state.enterprise
const grace = await addAdministrator(enterprise, ['certify'])
const mallory = await addMember(enterprise, 'mallory@example.com')
saveVectors('associated-data', associatedDataCases())
saveVectors('user-root', await userRootCases())
saveVectors('identity', await identityCases())
saveVectors('team-key', await teamKeyCases())
saveVectors('record', await recordCases())
saveVectors('words-and-ids', await wordCases())
saveVectors('log', await logCases())

function associatedDataCases() {
  const binding: Binding = {
    label: 'record',
    enterprise: id,
    object: { type: 'record', id: newId(RecordId) },
    owner: { type: 'folder', id: newId(FolderId) },
    wrappingKey: { id: 'k', epoch: 2 },
    part: 'body',
    version: 3,
    beside: { author: 'Ådä', archived: false, modifiedAt: NOON, note: null },
  }
  const made = (name: string, each: Binding) => ({ name, binding: each, expect: { bytes: toBase64url(associatedData(each)) } })
  return {
    cases: [
      made('every type of field', binding),
      made('nothing beside it', { ...binding, beside: {} }),
      made('an empty id', { ...binding, wrappingKey: { id: '', epoch: 1 } }),
      { name: 'half a surrogate pair', binding: { ...binding, beside: { note: '\ud800' } }, expect: { error: 'malformed' } },
      { name: 'a number that is not whole', binding: { ...binding, version: 1.5 }, expect: { error: 'malformed' } },
    ],
  }
}

async function userRootCases() {
  const owner = { enterprise: id, userId: grace.userId }
  const [root, key, code] = [makeUserRoot(), new Secret('password-key', randomBytes(64)), makeRecoveryCode()]
  const secret = { kind: 'password-key', bytes: toBase64url(key.reveal()) }
  const wrap = await wrapRootByPassword(root, owner, key, 2)
  const opens = { root: toBase64url(root.reveal()) }
  const byCode = { kind: 'recovery-code', bytes: toBase64url(code.reveal()) }
  return {
    cases: [
      { name: 'by password', owner, secret, wrap, expect: opens },
      { name: 'by recovery code', owner, secret: byCode, wrap: await wrapRootByRecoveryCode(root, owner, code, 1), expect: opens },
      { name: 'another password', owner, secret: { ...secret, bytes: flipBit(secret.bytes, 0) }, wrap, expect: cannotOpen },
      { name: 'an altered wrap', owner, secret, wrap: { ...wrap, sealed: flipBit(wrap.sealed, 200) }, expect: cannotOpen },
      { name: 'the wrap of an earlier password', owner, secret, wrap: { ...wrap, epoch: 1 }, expect: cannotOpen },
      { name: 'another user’s', owner: { ...owner, userId: mallory.userId }, secret, wrap, expect: cannotOpen },
      { name: 'another enterprise’s', owner: { ...owner, enterprise: enterprise.ada.public.signingKey }, secret, wrap, expect: cannotOpen },
      { name: 'a password for a code', owner, secret: { ...secret, kind: 'recovery-code' }, wrap, expect: cannotOpen },
    ],
  }
}

async function identityCases() {
  const owner = { enterprise: id, userId: grace.userId }
  const root = makeUserRoot()
  const sealed = await sealIdentity(grace, root, owner)
  const given = { owner, root: toBase64url(root.reveal()) }
  return {
    cases: [
      { name: 'as it was sealed', ...given, sealed, expect: { signingKey: grace.public.signingKey } },
      {
        name: 'halves swapped',
        ...given,
        sealed: { ...sealed, signing: sealed.encryption, encryption: sealed.signing },
        expect: cannotOpen,
      },
      { name: 'a public key swapped', ...given, sealed: { ...sealed, encryptionKey: mallory.public.encryptionKey }, expect: cannotOpen },
      { name: 'another root', ...given, root: flipBit(given.root, 7), sealed, expect: cannotOpen },
    ],
  }
}

async function teamKeyCases() {
  const key = await makeTeamKey(enterprise.state, newId(TeamId))
  await append(enterprise, publishTeamKey(key))
  const grant = await grantTeamKey(enterprise.state, key, certified(enterprise, mallory), asGranter(grace), NOON)
  const opener = async ({ userId, encryption, public: known }: Identity) => ({
    userId,
    encryptionKey: known.encryptionKey,
    privateKey: await pkcs8(encryption),
  })
  const given = { grant, wanted: { teamId: key.teamId, epoch: 1 }, granter: grace.userId, opener: await opener(mallory) }
  const badGrant = { error: 'bad_grant' }
  return {
    log: enterprise.entries,
    cases: [
      { name: 'as it was granted', ...given, expect: { privateKey: await pkcs8(key.encryption) } },
      { name: 'opened by somebody else', ...given, opener: await opener(enterprise.ada), expect: badGrant },
      { name: 'given out as another’s grant', ...given, granter: enterprise.ada.userId, expect: badGrant },
      { name: 'given out as another epoch', ...given, wanted: { ...given.wanted, epoch: 2 }, expect: badGrant },
      { name: 'given out as another team’s', ...given, wanted: { ...given.wanted, teamId: newId(TeamId) }, expect: badGrant },
      { name: 'an altered signature', ...given, grant: { ...grant, signature: flipBit(grant.signature, 9) }, expect: badGrant },
    ],
  }
}

async function recordCases() {
  const wantedFolder = { folderId: newId(FolderId), epoch: 1 }
  const folderKey = await makeFolderKey(id, wantedFolder)
  const recordId = newId(RecordId)
  const key = await makeRecordKey({ recordId, epoch: 1 })
  const fields = { id: recordId, folderId: wantedFolder.folderId, keyEpoch: 1, version: 4, author: grace.userId, modifiedAt: NOON }
  const record = await sealRecord(id, fields, { meta: utf8('Mail'), body: utf8('hunter2') }, key)
  const given = { wrap: await wrapRecordKey(key, folderKey), record, part: 'body' }
  return {
    enterprise: id,
    folder: { ...wantedFolder, key: toBase64url(folderKey.secret.reveal()) },
    cases: [
      { name: 'the body', ...given, expect: { text: 'hunter2' } },
      { name: 'the meta part', ...given, part: 'meta', expect: { text: 'Mail' } },
      { name: 'parts swapped', ...given, record: { ...record, body: record.meta }, expect: cannotOpen },
      { name: 'an old version given out as the next', ...given, record: { ...record, version: 5 }, expect: cannotOpen },
      { name: 'another author put beside it', ...given, record: { ...record, author: mallory.userId }, expect: cannotOpen },
      { name: 'another time put beside it', ...given, record: { ...record, modifiedAt: NOON + 1 }, expect: cannotOpen },
      { name: 'an altered body', ...given, record: { ...record, body: flipBit(record.body, 130) }, expect: cannotOpen },
      { name: 'an altered key', ...given, wrap: { ...given.wrap, sealed: flipBit(given.wrap.sealed, 130) }, expect: cannotOpen },
    ],
  }
}

async function wordCases() {
  const code = makeRecoveryCode()
  const text = await writeRecoveryCode(code)
  const [a, b] = [grace, mallory].map(({ userId, public: keys }) => ({ userId, keys }))
  if (a === undefined || b === undefined) throw new Error('two people are compared')
  const saml = {
    purpose: 'certify-identity',
    enterprise: id,
    userId: UserId.parse(grace.userId),
    nonce: a.keys.signingKey,
    ...a.keys,
  } as const
  const { keyBinding: _, ...request } = saml
  return {
    recoveryCodes: [
      { name: 'as it is shown', typed: text, expect: { bytes: toBase64url(code.reveal()) } },
      {
        name: 'in small letters, without hyphens',
        typed: text.toLowerCase().replaceAll('-', ''),
        expect: { bytes: toBase64url(code.reveal()) },
      },
      { name: 'two characters swapped', typed: swapTwo(text), expect: { error: 'wrong_recovery_code' } },
      { name: 'a group missing', typed: text.slice(5), expect: { error: 'wrong_recovery_code' } },
    ],
    safetyWords: [{ name: 'two people', enterprise: id, a, b, expect: { words: await safetyWords(id, a, b) } }],
    samlRequestIds: [{ name: 'an identity', request, expect: { id: await samlRequestId(request) } }],
  }
}

function swapTwo(text: string): string {
  const at = [...text].findIndex((letter, n) => letter !== text[n + 1] && letter !== '-' && text[n + 1] !== '-')
  return `${text.slice(0, at)}${text[at + 1]}${text[at]}${text.slice(at + 2)}`
}

async function logCases() {
  const other = await foundEnterprise()
  const fork: TestEnterprise = { ...enterprise, entries: [...enterprise.entries] }
  await append(enterprise, { kind: 'administrator-removed', userId: grace.userId })
  await addMember(fork)
  const { entries, state } = enterprise
  const pin = pinOf(state)
  const altered = entries.map((entry, n) => (n === 2 ? { ...entry, signature: flipBit(entry.signature, 5) } : entry))
  return {
    cases: [
      {
        name: 'the whole log',
        entries,
        pin: null,
        expect: { enterprise: id, length: entries.length, head: state.head, administrators: [enterprise.ada.userId] },
      },
      {
        name: 'the log that was seen',
        entries,
        pin,
        expect: { enterprise: id, length: entries.length, head: state.head, administrators: [enterprise.ada.userId] },
      },
      { name: 'a fork', entries: fork.entries, pin, expect: { error: 'log_forked' } },
      { name: 'a shorter log', entries: entries.slice(0, -1), pin, expect: { error: 'log_shortened' } },
      { name: 'another enterprise’s log', entries: other.entries, pin, expect: { error: 'another_enterprise' } },
      { name: 'an entry left out', entries: entries.toSpliced(2, 1), pin: null, expect: { error: 'broken_chain' } },
      { name: 'an entry twice', entries: entries.toSpliced(2, 0, ...entries.slice(2, 3)), pin: null, expect: { error: 'broken_chain' } },
      {
        name: 'an entry of another enterprise',
        entries: [...other.entries, ...entries.slice(1)],
        pin: null,
        expect: { error: 'wrong_enterprise' },
      },
      { name: 'an altered signature', entries: altered, pin: null, expect: { error: 'bad_signature' } },
      { name: 'no genesis', entries: entries.slice(1), pin: null, expect: { error: 'broken_chain' } },
    ],
  }
}
