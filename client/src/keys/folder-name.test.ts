import { EnterpriseLogId, FolderId } from '@claviger/contract/ids.ts'
import { AesSealed } from '@claviger/contract/sealed.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '../new-id.ts'
import { makeFolderKey } from './folder-key.ts'
import { openFolderName, sealFolderName } from './folder-name.ts'
import { flipBit, outcome } from './testing-enterprise.ts'

const logId = (byte: number) => EnterpriseLogId.parse(Buffer.alloc(32, byte).toString('base64url'))

test('a folder’s name opens under its key of that epoch, as the version that it was sealed as', async () => {
  const [folderId, enterprise] = [newId(FolderId), logId(1)]
  const key = await makeFolderKey(enterprise, { folderId, epoch: 1 })
  const name = await sealFolderName('Servers 🗝️', 2, key)
  expect(await openFolderName(name, key)).toBe('Servers 🗝️')
  const attempts = [
    () => openFolderName({ ...name, version: 3 }, key),
    () => openFolderName(name, { ...key, epoch: 2 }),
    () => openFolderName(name, { ...key, folderId: newId(FolderId) }),
    () => openFolderName(name, { ...key, enterprise: logId(2) }),
    async () => openFolderName(name, await makeFolderKey(enterprise, { folderId, epoch: 1 })),
  ]
  expect(await Promise.all(attempts.map(outcome))).toEqual(attempts.map(() => 'cannot_open'))
})

test('a name with any bit altered does not open', async () => {
  const key = await makeFolderKey(logId(1), { folderId: newId(FolderId), epoch: 1 })
  const name = await sealFolderName('Servers', 1, key)
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (bit) => {
      const sealed = AesSealed.parse(flipBit(name.sealed, bit))
      expect(await outcome(() => openFolderName({ ...name, sealed }, key))).toBe('cannot_open')
    }),
  )
})
