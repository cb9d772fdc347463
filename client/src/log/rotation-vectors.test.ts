import { test } from 'vitest'
import { expectAll, readVectors } from '../keys/testing-read-vectors.ts'
import { checkMemberRotation } from './testing-rotation-vector-checks.ts'

test('team keys that members stated under suite v1 are read as they always were, and those they may not state are refused', async () => {
  expectAll(await checkMemberRotation(readVectors('member-rotation')))
})
