import { test } from 'vitest'
import { expectAll, readVectors } from './testing-read-vectors.ts'
import { checkApproverKeys, checkFolderKeys, checkOpaque } from './testing-sharing-vector-checks.ts'

test('folder keys that were wrapped or granted under suite v1 open, and forged ones do not', async () => {
  expectAll(await checkFolderKeys(readVectors('folder-key')))
})

test('approver keys that were wrapped under suite v1 open, and forged ones do not', async () => {
  expectAll(await checkApproverKeys(readVectors('approver-key')))
})

test('who registered under suite v1 signs in, and nobody else', async () => {
  expectAll(await checkOpaque(readVectors('opaque')))
})
