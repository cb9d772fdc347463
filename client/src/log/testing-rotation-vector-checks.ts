import { TeamId } from '@claviger/contract/ids.ts'
import type { LogState } from '@claviger/contract/log/state.ts'
import { extendLog, verifyLog } from '@claviger/contract/log/verify.ts'
import { SignedStatement } from '@claviger/contract/signed-statement.ts'
import { z } from 'zod'
import { eachOf, gives, named, type VectorCheck } from '../keys/testing-vectors.ts'

const log = z.array(SignedStatement)
const cases = z.array(z.strictObject({ ...named, entry: SignedStatement, expect: gives({ teamKeys: z.array(z.string()) }) }))
const shape = z.strictObject({ log, teamId: TeamId, cases, published: z.strictObject({ log, cases }) })

export const checkMemberRotation: VectorCheck = async (file) => {
  const vectors = shape.parse(file)
  const check = (state: LogState, given: z.infer<typeof cases>) =>
    eachOf(given, async ({ entry }) => ({ teamKeys: (await extendLog(state, [entry])).teamKeys.get(vectors.teamId) }))
  const state = await verifyLog(vectors.log)
  const after = await extendLog(state, vectors.published.log)
  return [...(await check(state, vectors.cases)), ...(await check(after, vectors.published.cases))]
}
