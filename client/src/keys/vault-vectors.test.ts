import { test } from 'vitest'
import { expectAll, readVectors } from './testing-read-vectors.ts'
import { checkAttachments, checkFolderNames } from './testing-vault-vector-checks.ts'

test('names of folders that were sealed under suite v1 open, and nothing else passes for one', async () => {
  expectAll(await checkFolderNames(readVectors('folder-name')))
})

test('attachments that were sealed under suite v1 open, and no part of one passes for another', async () => {
  expectAll(await checkAttachments(readVectors('attachment')))
})
