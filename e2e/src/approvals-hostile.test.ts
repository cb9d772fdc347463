import type { OpenAccount } from '@claviger/client/account/open-account.ts'
import { approverOf } from '@claviger/client/approvals/approver.ts'
import { makeApproverKey } from '@claviger/client/keys/approver-key.ts'
import { asGranter } from '@claviger/client/keys/grants.ts'
import { openHeldKey, sealHeldKey } from '@claviger/client/keys/held-key.ts'
import { makeEncryptionKeyPair } from '@claviger/client/keys/key-pair.ts'
import { certifiedUser } from '@claviger/client/keys/recipients.ts'
import { signStatement } from '@claviger/client/keys/sign.ts'
import { grantTeamKey, type TeamKey } from '@claviger/client/keys/team-key.ts'
import { fromBase64url, readUtf8, toBase64url, utf8 } from '@claviger/contract/bytes.ts'
import { expect, test } from 'vitest'
import { approve, opened, startApprovals } from './approval-scene.ts'

// biome-ignore lint/suspicious/noExplicitAny: a hostile server changes answers of every shape
type Edit = (answer: any) => void

/** The account as it meets a server that alters its answers to one path. The log that it has verified stays. */
function against(account: OpenAccount, path: string, edit: Edit): OpenAccount {
  const hostile: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    if (!new URL(String(input)).pathname.endsWith(path)) return response
    const answer = await response.json()
    edit(answer)
    return new Response(JSON.stringify(answer), { status: response.status, headers: response.headers })
  }
  return { ...account, connection: { ...account.connection, fetch: hostile } }
}

/** The code with which something is refused, or what it gave. */
async function codeOf(attempt: Promise<unknown>): Promise<unknown> {
  try {
    return await attempt
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? thrown.code : thrown
  }
}

const WORK = '/approvals/work'
const KEYS = '/team-keys'

test('keys that the server puts in the place of a certified member’s get nothing', async () => {
  const { ada, person, pushTeam, addTo, members } = await startApprovals()
  const [grace, mallory] = [await person('grace'), await person('mallory')]
  await approve(ada, { certify: true })
  const teamId = await pushTeam('Engineering', grace)
  for (const swapped of [mallory.identity.public, { ...grace.identity.public, encryptionKey: mallory.identity.public.encryptionKey }]) {
    const met = against(ada, WORK, ({ memberships }) => {
      for (const membership of memberships) membership.identity = swapped
    })
    expect(await approve(met)).toMatchObject({ approved: [], skipped: [{ what: 'membership', code: 'swapped_key' }] })
  }
  expect(await members(teamId)).toEqual({ grace: 'pending 0' })
  await approve(ada)
  const joan = await person('joan')
  await approve(ada, { certify: true })
  await addTo(teamId, joan)
  const met = against(grace, WORK, ({ memberships }) => {
    for (const membership of memberships) membership.identity = mallory.identity.public
  })
  expect(await approve(met)).toMatchObject({ approved: [], skipped: [{ code: 'swapped_key' }] })
})

test('a member whom the server made up, with keys of its own, is admitted by nobody', async () => {
  const { ada, person, pushTeam, addTo } = await startApprovals()
  const [grace, mallory] = [await person('grace'), await person('mallory')]
  await approve(ada, { certify: true, users: ({ email }) => email.startsWith('grace') })
  const teamId = await pushTeam('Engineering', grace)
  await approve(ada)
  await addTo(teamId, mallory)
  expect(await approve(grace)).toMatchObject({ approved: [], skipped: [{ code: 'uncertified' }] })
  // Nor with the keys of somebody who is certified.
  const met = against(grace, WORK, ({ memberships }) => {
    memberships[0].identity = grace.identity.public
  })
  expect(await approve(met)).toMatchObject({ approved: [], skipped: [{ code: 'uncertified' }] })
})

test('keys whose binding is not theirs are not certified, and keep nobody else out', async () => {
  const { ada, person } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const met = against(ada, WORK, ({ people }) => {
    const victim = people.find(({ email }: { email: string }) => email.startsWith('grace'))
    if (victim) victim.identity.encryptionKey = joan.identity.public.encryptionKey
  })
  expect(await approve(met, { certify: true })).toMatchObject({
    certified: [{ email: 'joan@example.com' }],
    skipped: [{ what: 'person', userId: grace.identity.userId, code: 'bad_signature' }],
  })
})

test('an old epoch that the server gives out for the newest lets nobody in', async () => {
  const { ada, person, pushTeam, removeFrom, addTo, members } = await startApprovals()
  const [grace, joan, lee] = [await person('grace'), await person('joan'), await person('lee')]
  const teamId = await pushTeam('Engineering', grace, joan)
  await approve(ada, { certify: true })
  await removeFrom(teamId, joan)
  await approve(ada)
  await addTo(teamId, lee)
  const met = against(ada, WORK, ({ memberships }) => {
    for (const membership of memberships) membership.teamEpoch = 1
  })
  expect(await approve(met)).toMatchObject({ approved: [], skipped: [{ code: 'unknown_key' }] })
  expect(await members(teamId)).toEqual({ grace: 'active 2', lee: 'pending 0' })
})

test('a grant that the server replays for another team, epoch or person opens nothing', async () => {
  const { api, ada, person, pushTeam } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const [own, other] = [await pushTeam('Engineering', grace, joan), await pushTeam('Sales', grace)]
  await approve(ada, { certify: true })
  const rows = await api.db.selectFrom('memberships').select(['team_id', 'user_id', 'key_grant']).execute()
  const grantOf = (teamId: string, { identity }: OpenAccount) =>
    JSON.parse(rows.find((row) => row.team_id === teamId && row.user_id === identity.userId)?.key_grant ?? 'null')
  const replay = (grant: unknown, epoch = 1) =>
    codeOf(
      opened(
        against(grace, KEYS, (answer) => {
          answer.keys = [{ teamId: own, epoch, grant }]
        }),
        own,
        epoch,
      ),
    )
  expect(await replay(grantOf(other, grace))).toBe('bad_grant')
  expect(await replay(grantOf(own, joan))).toBe('bad_grant')
  expect(await replay(grantOf(own, grace), 2)).toBe('bad_grant')
  expect(await replay(grantOf(own, grace))).toBe(await opened(joan, own))
})

test('a team key of the server’s own making opens for nobody, however the grant is signed', async () => {
  const { ada, person, pushTeam } = await startApprovals()
  const [grace, mallory] = [await person('grace'), await person('mallory')]
  const teamId = await pushTeam('Engineering', grace)
  await approve(ada, { certify: true })
  const { state } = ada
  const genuine = state.teamKeys.get(teamId)?.[0]
  if (genuine === undefined) throw new Error('the team has a key')
  const made = await makeEncryptionKeyPair(true)
  // Sealed as the genuine one, for Grace, signed by somebody who is certified.
  const lie: TeamKey = {
    kind: 'team-key',
    enterprise: state.enterprise,
    teamId,
    epoch: 1,
    encryption: { ...made, public: genuine },
  }
  const grant = await grantTeamKey(state, lie, certifiedUser(state, grace.identity.userId), asGranter(mallory.identity), Date.now())
  const give = (given: unknown) =>
    codeOf(
      opened(
        against(grace, KEYS, (answer) => {
          answer.keys = [{ teamId, epoch: 1, grant: given }]
        }),
        teamId,
      ),
    )
  expect(await give(grant)).toBe('swapped_key')
  const said = JSON.parse(readUtf8(fromBase64url(grant.statement)))
  expect(await give(await signStatement(mallory.identity.signing, 'grant', { ...said, teamKey: made.public, epoch: 1 }))).toBe(
    'swapped_key',
  )
  expect(
    await give(
      await signStatement(mallory.identity.signing, 'grant', {
        ...said,
        sealed: said.sealed.replace(/^./, (c: string) => (c === 'A' ? 'B' : 'A')),
      }),
    ),
  ).toBe('cannot_open')
})

/** The newest entry of the log whose statement has this kind, with something changed in it. */
function altered(kind: string, change: Edit): Edit {
  return ({ entries }) => {
    for (const entry of entries) {
      const statement = JSON.parse(readUtf8(fromBase64url(entry.statement)))
      if (statement.body.kind !== kind) continue
      change(statement.body)
      entry.statement = toBase64url(utf8(JSON.stringify(statement)))
    }
  }
}

test('a team key or a policy that the server puts into the log is refused with the whole log', async () => {
  const { ada, person, pushTeam, setPolicy } = await startApprovals()
  const grace = await person('grace')
  const before = { ...grace }
  const made = await makeEncryptionKeyPair(true)
  await pushTeam('Engineering', grace)
  await approve(ada, { certify: true })
  await setPolicy({ autoApproval: 'verified-members' })
  const team = altered('team-key', (body) => {
    body.publicKey = made.public
  })
  const policy = altered('policy-set', (body) => {
    body.policy.autoApproval = 'everyone'
  })
  for (const edit of [team, policy]) expect(await codeOf(approve(against({ ...before }, '/log', edit)))).toBe('bad_signature')
})

test('a log that the server cuts short, or forks, is refused', async () => {
  const { person, setPolicy } = await startApprovals()
  const grace = await person('grace')
  const cut = against({ ...grace }, '/log', (answer) => {
    answer.entries = []
    answer.length = 1
  })
  expect(await codeOf(approve(cut))).toBe('log_shortened')
  const length = grace.state.length
  await setPolicy({ recovery: false })
  await setPolicy({ recovery: true })
  const fork = against({ ...grace }, '/log', (answer) => {
    answer.entries = answer.entries.slice(1)
    answer.length = length + 1
  })
  expect(await codeOf(approve(fork))).toBe('broken_chain')
})

test('an approver key that is not the one in the log opens nothing and is given nothing', async () => {
  const { ada, person, pushTeam, addTo } = await startApprovals()
  const [grace, joan] = [await person('grace'), await person('joan')]
  const teamId = await pushTeam('Engineering', grace)
  await approve(ada, { certify: true })
  await addTo(teamId, joan)
  const { state } = ada
  const approver = certifiedUser(state, ada.identity.userId)
  const own = await makeApproverKey(1)
  const [published] = state.approverKeys
  if (published === undefined) throw new Error('there is an approver key')
  // Sealed for Ada as if it were the one that the log has.
  const lie = { ...own, encryption: { ...own.encryption, public: published } }
  const wrap = await sealHeldKey(state.enterprise, lie, approver, state.approverKeys)
  const met = against(ada, '/held-keys', (answer) => {
    answer.heldKeys = [wrap]
  })
  expect(await approve(met)).toMatchObject({ approved: [], skipped: [{ what: 'membership', code: 'swapped_key' }] })
  expect(await codeOf(openHeldKey('approver-key', state.enterprise, wrap, approverOf(ada).holder, [own.encryption.public]))).toBe(
    'cannot_open',
  )
  expect(await approve(ada)).toMatchObject({ approved: [{ email: 'joan@example.com' }] })
})

test('a server that says everybody may be let in is not believed: the policy is in the log', async () => {
  const { ada, person, pushTeam } = await startApprovals()
  const grace = await person('grace')
  await pushTeam('Engineering', grace)
  const met = against(ada, WORK, (answer) => {
    answer.people = []
  })
  expect(await approve(met, { certify: true })).toMatchObject({ certified: [], approved: [], skipped: [{ code: 'uncertified' }] })
  expect(ada.profile.firstUse.size).toBe(0)
})
