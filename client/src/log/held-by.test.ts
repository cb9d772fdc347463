import { TeamId, UserId } from '@claviger/contract/ids.ts'
import { MOST_GRANTS } from '@claviger/contract/log/statement.ts'
import type { SignedStatement } from '@claviger/contract/signed-statement.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asGranter } from '../keys/grants.ts'
import type { Identity } from '../keys/identity.ts'
import { grantTeamKey, makeTeamKey, publishTeamKey } from '../keys/team-key.ts'
import { addAdministrator, addMember, append, certified, flipBit, foundEnterprise, NOON, outcome } from '../keys/testing-enterprise.ts'
import { newId } from '../new-id.ts'
import { findHeldBy } from './held-by.ts'
import { asAdministrator, asMember, stateNext } from './log-statements.ts'

const ADMINISTRATOR = 0
const PUBLISHER = 1
const PEOPLE = 8

interface Given {
  readonly by: number
  readonly to: number
}

/** An administrator, who published the first key; a member, who published the second; and six more certified people. */
async function start() {
  const enterprise = await foundEnterprise()
  const people: Identity[] = [await addAdministrator(enterprise, ['recovery'])]
  while (people.length < PEOPLE) people.push(await addMember(enterprise))
  const person = (n: number) => people[n] ?? enterprise.ada
  const teamId = newId(TeamId)
  const first = await makeTeamKey(enterprise.state, teamId)
  await append(enterprise, publishTeamKey(first))
  const toPublisher = await grantTeamKey(enterprise.state, first, certified(enterprise, person(PUBLISHER)), asGranter(enterprise.ada), NOON)
  const key = await makeTeamKey(enterprise.state, teamId)
  await append(enterprise, publishTeamKey(key, [toPublisher]), asMember(person(PUBLISHER)))
  const made = new Map<string, Promise<SignedStatement>>()
  const grant = ({ by, to }: Given) => {
    const known = made.get(`${by} ${to}`)
    const given = known ?? grantTeamKey(enterprise.state, key, certified(enterprise, person(to)), asGranter(person(by)), NOON)
    made.set(`${by} ${to}`, given)
    return given
  }
  const spare = await makeTeamKey(enterprise.state, teamId)
  const says = (signer: number, heldBy: readonly SignedStatement[]) =>
    outcome(() => stateNext(enterprise.state, asMember(person(signer)), publishTeamKey(spare, heldBy), NOON))
  const find = (signer: number, grants: readonly SignedStatement[]) => findHeldBy(enterprise.state, teamId, person(signer).userId, grants)
  return { enterprise, teamId, person, grant, says, find }
}

const who = fc.nat({ max: PEOPLE - 1 })
const someGrants = fc.array(fc.record({ by: who, to: who }), { maxLength: 24 })

/** The fewest grants that lead from somebody to the administrator or the publisher, found by trying all. */
function fewest(signer: number, grants: readonly Given[], passed: readonly number[] = [signer]): number {
  if (signer === PUBLISHER) return 0
  const ways = grants.filter(({ to, by }) => to === signer && !passed.includes(by))
  return 1 + Math.min(...ways.map(({ by }) => (by === ADMINISTRATOR ? 0 : fewest(by, grants, [...passed, by]))), Number.POSITIVE_INFINITY)
}

/** What the log should say to a chain, in the words of the decision. */
function isChain(signer: number, chain: readonly Given[]): boolean {
  const holders = [signer, ...chain.map(({ by }) => by)]
  const follows = chain.every(({ to }, n) => to === holders[n])
  const last = holders.at(-1)
  const begins = last === PUBLISHER || (last === ADMINISTRATOR && chain.length > 0)
  return follows && begins && new Set(holders).size === holders.length && chain.length <= MOST_GRANTS
}

test('of any grants, those are found that prove a member’s hold in the fewest steps, and the log accepts them', async () => {
  const { grant, says, find } = await start()
  let found = 0
  await fc.assert(
    fc.asyncProperty(who, someGrants, async (signer, given) => {
      const heldBy = await find(signer, await Promise.all(given.map(grant)))
      const steps = fewest(signer, given)
      expect(heldBy?.length ?? null).toBe(steps <= MOST_GRANTS ? steps : null)
      if (heldBy === null) return
      found += 1
      expect(await says(signer, heldBy)).toBe('accepted')
    }),
    { numRuns: 150 },
  )
  expect(found).toBeGreaterThan(10)
})

test('the log accepts exactly the chains that lead to an approver or the publisher without coming back', async () => {
  const { grant, says } = await start()
  const steps = fc.uniqueArray(who, { minLength: 1, maxLength: 6 })
  const chainOf = (path: readonly number[]): Given[] => path.slice(1).map((by, n) => ({ by, to: path[n] ?? by }))
  const likely = fc.tuple(steps, fc.constantFrom(ADMINISTRATOR, PUBLISHER)).map(([path, root]) => [...path, root])
  const any = fc.tuple(who, fc.array(fc.record({ by: who, to: who }), { maxLength: 3 }))
  const chains = fc.oneof(
    likely.map((path) => [path[0] ?? 0, chainOf(path)] as const),
    any,
  )
  const seen = { accepted: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(chains, async ([signer, chain]) => {
      const expected = isChain(signer, chain)
      const said = await says(signer, await Promise.all(chain.map(grant)))
      if (expected) expect(said).toBe('accepted')
      else expect(said).toMatch(/^(not_permitted|malformed)$/)
      seen[expected ? 'accepted' : 'refused'] += 1
    }),
    { numRuns: 200 },
  )
  expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(20)
})

test('a chain in which any bit of a grant is altered is refused, and nothing is found in it', async () => {
  const { grant, says, find } = await start()
  const chain = [await grant({ by: 3, to: 2 }), await grant({ by: ADMINISTRATOR, to: 3 })]
  expect(await says(2, chain)).toBe('accepted')
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 1 }), fc.constantFrom('statement', 'signature'), fc.nat(), async (at, part, bit) => {
      const altered = chain.map((each, n) => (n === at ? ({ ...each, [part]: flipBit(each[part], bit) } as SignedStatement) : each))
      expect(await says(2, altered)).not.toMatch(/accepted|not a refusal/)
      expect(await find(2, altered)).toBe(null)
    }),
  )
})

test('a line of four grants is found, and the member at the end of five waits for an approver', async () => {
  const { grant, find } = await start()
  const line = await Promise.all([ADMINISTRATOR, 2, 3, 4, 5].map((by, n) => grant({ by, to: n + 2 })))
  expect(await find(5, line)).toEqual(line.slice(0, 4).reverse())
  expect(await find(6, line)).toBe(null)
})

test('nothing is found for a stranger, for a team without a key, or in grants of an epoch that is over', async () => {
  const { enterprise, teamId, person, grant, find } = await start()
  const grants = [await grant({ by: ADMINISTRATOR, to: 2 })]
  expect(await find(2, grants)).toEqual(grants)
  expect(await findHeldBy(enterprise.state, teamId, newId(UserId), grants)).toBe(null)
  expect(await findHeldBy(enterprise.state, newId(TeamId), person(2).userId, grants)).toBe(null)
  await append(enterprise, publishTeamKey(await makeTeamKey(enterprise.state, teamId)), asAdministrator(enterprise.ada))
  expect(await find(2, grants)).toBe(null)
  expect(await find(PUBLISHER, grants)).toBe(null)
})
