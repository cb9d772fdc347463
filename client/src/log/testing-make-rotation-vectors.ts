import type { LogState } from '@claviger/contract/log/state.ts'
import type { StatementBody } from '@claviger/contract/log/statement.ts'
import { SUITE } from '@claviger/contract/shape.ts'
import { signStatement } from '../keys/sign.ts'
import { makeTeamKey, publishTeamKey } from '../keys/team-key.ts'
import { addMember, append, NOON } from '../keys/testing-enterprise.ts'
import { saveVectors } from '../keys/testing-save-vectors.ts'
import { type Author, asAdministrator, asMember } from './log-statements.ts'
import { altered, enrol, grantIn, startTeam } from './testing-rotation.ts'

// As ../keys/testing-make-vectors.ts: `node client/src/log/testing-make-rotation-vectors.ts` wrote this file, once.
const { enterprise, ada, grace, heidi, teamId, key, grant } = await startTeam()
const { granter } = await enrol(enterprise, ['memberships'])
const ivan = await addMember(enterprise)
const { state } = enterprise
const epochs = state.teamKeys.get(teamId) ?? []
const next = await makeTeamKey(state, teamId)
const accepted = { teamKeys: [...epochs, next.encryption.public] }
const notPermitted = { error: 'not_permitted' }
const [toGrace, toHeidi, byAutomator] = [await grant(grace, ada), await grant(heidi, grace), await grantIn(enterprise, key, ivan, granter)]
const asGrace = (heldBy: Parameters<typeof publishTeamKey>[1]) => entry(state, asMember(grace), publishTeamKey(next, heldBy))
const asHeidi = (heldBy: Parameters<typeof publishTeamKey>[1]) => entry(state, asMember(heidi), publishTeamKey(next, heldBy))
const otherKeys = { to: { kind: 'user', id: grace.userId, encryptionKey: heidi.public.encryptionKey } }
const cases = [
  { name: 'by a member whom an administrator admitted', entry: await asGrace([toGrace]), expect: accepted },
  {
    name: 'by a member whom an automator admitted',
    entry: await entry(state, asMember(ivan), publishTeamKey(next, [byAutomator])),
    expect: accepted,
  },
  { name: 'by a member whom a member admitted', entry: await asHeidi([toHeidi, toGrace]), expect: accepted },
  { name: 'by an administrator', entry: await entry(state, asAdministrator(ada), publishTeamKey(next)), expect: accepted },
  {
    name: 'by an administrator with grants',
    entry: await entry(state, asAdministrator(ada), publishTeamKey(next, [toGrace])),
    expect: { error: 'malformed' },
  },
  { name: 'without the grants', entry: await asGrace([]), expect: notPermitted },
  { name: 'with the grants in the other order', entry: await asHeidi([toGrace, toHeidi]), expect: notPermitted },
  { name: 'with a chain that ends too early', entry: await asHeidi([toHeidi]), expect: notPermitted },
  { name: 'with a chain that comes back', entry: await asGrace([await grant(grace, grace), toGrace]), expect: notPermitted },
  { name: 'with a grant for other keys', entry: await asGrace([await altered(toGrace, ada, otherKeys)]), expect: notPermitted },
  { name: 'with a grant of another epoch', entry: await asGrace([await altered(toGrace, ada, { epoch: 2 })]), expect: notPermitted },
  {
    name: 'with a grant that another signed',
    entry: await asGrace([await altered(toGrace, heidi, {})]),
    expect: { error: 'bad_signature' },
  },
  {
    name: 'of an epoch that is not the next',
    entry: await entry(state, asMember(grace), { ...publishTeamKey(next, [toGrace]), epoch: 3 }),
    expect: { error: 'contradiction' },
  },
]
saveVectors('member-rotation', { log: [...enterprise.entries], teamId, cases, published: await publishedCases() })

/** What follows on a key that Grace published. */
async function publishedCases() {
  await append(enterprise, publishTeamKey(next, [toGrace]), asMember(grace))
  const after = enterprise.state
  const third = await makeTeamKey(after, teamId)
  const given = { teamKeys: [...accepted.teamKeys, third.encryption.public] }
  const byGrace = await grant(heidi, grace, next)
  return {
    log: enterprise.entries.slice(-1),
    cases: [
      { name: 'by who published the newest key', entry: await entry(after, asMember(grace), publishTeamKey(third)), expect: given },
      { name: 'by whom they admitted', entry: await entry(after, asMember(heidi), publishTeamKey(third, [byGrace])), expect: given },
      {
        name: 'by grants of the epoch before',
        entry: await entry(after, asMember(heidi), publishTeamKey(third, [toHeidi, toGrace])),
        expect: notPermitted,
      },
    ],
  }
}

/** An entry that nobody checked: also what a reader must refuse. */
function entry({ enterprise: id, length, head }: LogState, { signer, signing }: Author, body: StatementBody) {
  return signStatement(signing, 'log-statement', { suite: SUITE, enterprise: id, sequence: length, previous: head, at: NOON, signer, body })
}
