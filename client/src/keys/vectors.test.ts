import { expect, test } from 'vitest'
import { vectorChecks } from './testing-all-vectors.ts'
import { expectAll, readVectors, vectorNames } from './testing-read-vectors.ts'
import {
  checkAssociatedData,
  checkIdentities,
  checkLogs,
  checkRecords,
  checkTeamKeys,
  checkUserRoots,
  checkWordsAndIds,
} from './testing-vector-checks.ts'

test('every file of vectors has a check, here and in browsers', () => {
  expect(vectorNames).toEqual(Object.keys(vectorChecks).toSorted())
})

test('associated data is what it always was', async () => {
  expectAll(await checkAssociatedData(readVectors('associated-data')))
})

test('user roots that were wrapped under suite v1 open, and forged ones do not', async () => {
  expectAll(await checkUserRoots(readVectors('user-root')))
})

test('identities that were sealed under suite v1 open, and forged ones do not', async () => {
  expectAll(await checkIdentities(readVectors('identity')))
})

test('grants of team keys that were made under suite v1 open, and forged ones do not', async () => {
  expectAll(await checkTeamKeys(readVectors('team-key')))
})

test('records that were sealed under suite v1 open, and forged ones do not', async () => {
  expectAll(await checkRecords(readVectors('record')))
})

test('logs read as they always did, and tampered ones are refused', async () => {
  expectAll(await checkLogs(readVectors('log')))
})

test('recovery codes, safety words and SAML request ids are what they always were', async () => {
  expectAll(await checkWordsAndIds(readVectors('words-and-ids')))
})
